export { type Clock, systemClock } from './clock.ts';
export { type ConnectTcpOptions, connectTcp } from './connect-tcp.ts';
export type { CloseReason, Connection, ConnectionHandlers, Transport } from './connection.ts';
export type { Curve } from './encryption/curve.ts';
export type { EncryptionOptions } from './encryption/key-exchange.ts';
export { ServerKey } from './encryption/server-key.ts';
export type { CipherMode, KeyBits } from './encryption/session-cipher.ts';
export { FpnnListener, type FpnnListenerOptions } from './fpnn-listener.ts';
