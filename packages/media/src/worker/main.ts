// The process of a media worker. Started by the engine alone, with its settings as JSON in its one argument.
import * as native from 'node-datachannel';
import { MediaError } from '../media-error.ts';
import { MediaWorker } from './media-worker.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';
import { UdpPort } from './udp-port.ts';

const settings = JSON.parse(process.argv[2]!) as WorkerSettings;
let isCongested = false;

// Without the engine there is nobody to serve; its end, however sudden, closes the channel. An exit would first wait for the
// native module to end its connections, and has been seen to wait for ever.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The engine decides when to end, also when a signal goes to the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

// Its errors are those of single peers, who may fail in any way they like; what matters is thrown.
native.initLogger('Fatal', (_level, message) => tellFault(message));

const port = await UdpPort.open(settings.port, settings.bindAddress);
const worker = new MediaWorker(settings, port, {
  handleEvent: (name, params) => {
    // What is renewed in a moment is not queued for an engine that is behind.
    if (isCongested && (name === 'voice' || name === 'levels')) return;
    tell({ type: 'event', name, params } as FromWorker);
  },
  handleFault: tellFault,
});

process.on('message', (message: ToWorker) => {
  if (message.type === 'voice') worker.handleVoice(message.room, message.member, message.data, message.timestampMs);
  else if (message.type === 'ping') tell({ type: 'pong', sentPackets: worker.sentPackets });
  else void serve(message);
});
tell({ type: 'ready', port: port.number });

async function serve({ id, name, params }: Extract<ToWorker, { type: 'call' }>): Promise<void> {
  try {
    tell({ type: 'answer', id, result: await worker.call(name, params as never) });
  } catch (error) {
    if (!(error instanceof MediaError)) tellFault(error);
    else if (error.cause !== undefined) tellFault(error.cause);
    const code = error instanceof MediaError ? error.code : 'unavailable';
    tell({ type: 'refusal', id, code, message: error instanceof Error ? error.message : String(error) });
  }
}

function tell(message: FromWorker): void {
  isCongested = !process.send!(message, undefined, undefined, () => {
    // An error here means that the engine is gone, and with it the channel.
    isCongested = false;
  });
}

function tellFault(error: unknown): void {
  tell({ type: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
