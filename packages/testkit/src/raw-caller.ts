import { hash } from 'node:crypto';
import { signText, untimedSignText } from '@parley/contract';
import { type Encodable, FpnnError, type Peer, type WireMap } from '@parley/fpnn';
import { connectTcp } from '@parley/fpnn/node';

/** Who signs: a project, or somebody who only says so. */
export type Signer = { pid: number; secret: string };
/** Parameters by wire name, sent as they are. */
export type RawParams = { readonly [name: string]: Encodable };

let lastSalt = BigInt(Date.now()) << 20n;

/** The four parameters that sign a call, for the time `ts`; with `ts` undefined in the form of SDKs before 2020. */
export function signed(signer: Signer, method: string, overrides: { ts?: number | undefined } = {}): RawParams {
  lastSalt += 1n;
  const ts = 'ts' in overrides ? overrides.ts : Math.floor(Date.now() / 1000);
  const { pid, secret } = signer;
  const text = ts === undefined ? untimedSignText(pid, secret, lastSalt) : signText(pid, secret, lastSalt, method, ts);
  const sign = hash('md5', text, 'hex').toUpperCase();
  return { pid, salt: lastSalt, sign, ts };
}

/** Sends quests exactly as a test words them: signed, but otherwise unchecked. */
export class RawCaller {
  readonly peer: Peer;
  readonly #signer: Signer;

  private constructor(peer: Peer, signer: Signer) {
    this.peer = peer;
    this.#signer = signer;
  }

  static async connect(address: { host: string; port: number }, signer: Signer): Promise<RawCaller> {
    return new RawCaller(await connectTcp(address), signer);
  }

  /** @returns the answer. @throws FpnnError with the code of an error answer. */
  call(method: string, params: RawParams = {}): Promise<WireMap> {
    return this.peer.quest(method, { ...signed(this.#signer, method), ...params });
  }

  /** The code that the call is refused with, or 0 when it is served. */
  async codeOf(method: string, params: RawParams = {}): Promise<number> {
    try {
      await this.call(method, params);
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
