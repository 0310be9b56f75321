import { hash } from 'node:crypto';
import { type Encodable, FpnnError, type Peer, type RawString, type WireMap } from '@parley/fpnn';
import { connectTcp } from '@parley/fpnn/node';

/** Whoever can ask for tokens: a back end or a logged-in user. */
export type TokenSource = { call(method: string, params: { [name: string]: Encodable }): Promise<WireMap> };
type Params = { readonly [name: string]: Encodable };

/** The sign of a file, written down here once more so that a test does not believe the code that it tests. */
export function signOf(file: Uint8Array, token: string): string {
  return hash('md5', `${hash('md5', file, 'hex')}:${token}`, 'hex');
}

/** Sends files as SDKs do: a token, then the file with its sign. */
export class FileCaller {
  readonly peer: Peer;
  readonly #pid: number;

  constructor(peer: Peer, pid: number) {
    this.peer = peer;
    this.#pid = pid;
  }

  static async connect(address: { host: string; port: number }, pid: number): Promise<FileCaller> {
    return new FileCaller(await connectTcp(address), pid);
  }

  /** A token for `cmd`. `target` names the sender too when a back end asks. */
  async token(source: TokenSource, cmd: string, target: Params = {}): Promise<string> {
    return ((await source.call('filetoken', { cmd, ...target })).get('token') as RawString).text;
  }

  /** The quest of SDKs, with what a test wants otherwise in `params`. */
  quest(token: string, file: Uint8Array, params: Params): Params {
    const attrs = JSON.stringify({
      rtm: { sign: signOf(file, token), ext: 'bin', filename: 'a file.bin' },
      custom: '',
    });
    return { pid: this.#pid, token, mtype: 50, file, attrs, ...params };
  }

  /** Asks for a token and sends a file with it. */
  async send(source: TokenSource, method: string, file: Uint8Array, params: Params): Promise<WireMap> {
    const { from, to, tos, gid, rid } = params;
    const token = await this.token(source, method, { from, to, tos, gid, rid });
    return this.peer.quest(method, this.quest(token, file, params));
  }

  async codeOf(method: string, params: Params): Promise<number> {
    try {
      await this.peer.quest(method, params);
      return 0;
    } catch (error) {
      if (error instanceof FpnnError) return error.code;
      throw error;
    }
  }

  close(): void {
    this.peer.close();
  }
}
