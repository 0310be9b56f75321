/** The part of the standard WebSocket API that is used; browsers' WebSocket and that of `ws` both fit. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Makes a WebSocket that starts to connect. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike;
