import { FPNN_CODES, FpnnError, type Peer } from '@parley/fpnn';

/** FPNN: every peer answers `*ping`. */
const PING_METHOD = '*ping';

/**
 * Pings the other side every `intervalMs`, so that no idle connection is closed, and closes the connection when an
 * answer has not come by the next ping.
 *
 * @returns A function that stops it.
 */
export function keepAlive(peer: Peer, intervalMs: number): () => void {
  const timer = setInterval(() => {
    peer.quest(PING_METHOD, {}, { timeoutMs: intervalMs }).catch((error: unknown) => {
      if (error instanceof FpnnError && error.code === FPNN_CODES.timeout) peer.close();
    });
  }, intervalMs);
  // The socket keeps the process alive, not its timer.
  timer.unref();
  return () => clearInterval(timer);
}
