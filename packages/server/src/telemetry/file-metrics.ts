import type { RunningFileGate } from '../gates/file-gate/start-file-gate.ts';
import type { Metrics } from './metrics.ts';

/** Names every number that the parts of the file gate keep for `/metrics`. */
export function registerFileMetrics(metrics: Metrics, running: RunningFileGate): void {
  const { gate, downloads, files, thumbnails, tickets, sweep } = running;
  metrics.gauge('parley_file_connections', 'Open connections of the file gate', () => gate.connectionCount);
  metrics.gauge('parley_file_uploads_in_progress', 'Files being checked and stored', () => gate.inProgress);
  metrics.gauge('parley_file_tokens', 'File tokens that are not used yet', () => tickets.count);
  metrics.totals('parley_file_calls_total', 'Calls of the file gate by method', ['method'], () => gate.calls.calls());
  metrics.totals(
    'parley_file_refusals_total',
    'Error answers of the file gate by method and code',
    ['method', 'code'],
    () => gate.calls.refusals(),
  );
  metrics.totals(
    'parley_file_connections_closed_total',
    'Ended connections of the file gate by reason',
    ['reason'],
    () => gate.connections.closes(),
  );
  metrics.totals('parley_file_violations_total', 'Rules broken on the file gate, by reason', ['reason'], () =>
    gate.connections.violations(),
  );
  metrics.total('parley_files_stored_total', 'Files stored', () => files.storedCount);
  metrics.total('parley_file_stored_bytes_total', 'Bytes of files stored', () => files.storedBytes);
  metrics.total('parley_files_removed_total', 'Files removed that nobody could read any more', () => sweep.removed);
  metrics.total('parley_thumbnail_failures_total', 'Images without a thumbnail', () => thumbnails.failures);
  metrics.totals('parley_downloads_total', 'Answers to downloads by status', ['status'], () => downloads.statuses());
  metrics.total('parley_download_bytes_total', 'Bytes of files sent to downloads', () => downloads.sentBytes);
}
