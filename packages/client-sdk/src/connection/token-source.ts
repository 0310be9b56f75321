/** A login token: text from the back end's `gettoken`, or one that the back end made itself with the time of issue. */
export type LoginToken =
  | string
  | {
      token: string;
      /** When it was issued, in epoch seconds. */
      ts: number;
    };

/** Gives a token, for example by asking the application's back end. */
export type TokenSupplier = () => LoginToken | Promise<LoginToken>;

/** Keeps a token until the server refuses it. */
export class TokenSource {
  readonly #supplier: TokenSupplier;
  /** False for a token that was given as such: asking again would give the same. */
  readonly canRenew: boolean;
  #current: LoginToken | undefined;

  constructor(token: string | TokenSupplier) {
    this.canRenew = typeof token === 'function';
    this.#supplier = typeof token === 'function' ? token : () => token;
  }

  /** @throws whatever the supplier throws; TypeError when it gives no token. */
  async get(): Promise<LoginToken> {
    if (this.#current !== undefined) return this.#current;
    const given = await this.#supplier();
    const text = typeof given === 'object' && given !== null ? given.token : given;
    if (typeof text !== 'string' || text === '') throw new TypeError('the token supplier gave no token');
    this.#current = given;
    return given;
  }

  /** The server does not take the token: the next `get` asks for another. */
  discard(): void {
    this.#current = undefined;
  }
}
