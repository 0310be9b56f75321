import type { Call, CallOptions } from '../call.ts';

/** What one connection of the user says about itself. */
export type ConnectionAttributes = {
  /** Texts by name. */
  attributes: Map<string, string>;
  /** Whether it is this client's. */
  isMine: boolean;
  /** Names it in `kickOut`; undefined when the server does not tell. */
  name: string | undefined;
};

/** The connections of the user: their attributes, and how to end another one. */
export class ConnectionCalls {
  readonly #call: Call;
  readonly #loginAttributes: Map<string, string>;

  /** @param loginAttributes - Sent with each login, since the server forgets them with the connection. */
  constructor(call: Call, loginAttributes: Map<string, string>) {
    this.#call = call;
    this.#loginAttributes = loginAttributes;
  }

  /** Gives attributes to this connection, and to those that follow after it. */
  async addAttributes(attributes: Readonly<Record<string, string>>, options?: CallOptions): Promise<void> {
    const attrs = new Map(Object.entries(attributes));
    await this.#call('addattrs', { attrs }, options);
    for (const [name, text] of attrs) this.#loginAttributes.set(name, text);
  }

  /** The attributes of each connection of the user. */
  async list(options?: CallOptions): Promise<ConnectionAttributes[]> {
    const { attrs } = await this.#call('getattrs', {}, options);
    // Some servers answer with the own connection alone.
    if (!Array.isArray(attrs)) return [{ attributes: attrs, isMine: true, name: undefined }];
    return attrs.map((all) => {
      const { my, ce, login: _, ...own } = Object.fromEntries(all);
      return { attributes: new Map(Object.entries(own)), isMine: my !== undefined, name: ce };
    });
  }

  /** Ends another connection of the user. @throws RtmError 200012 for the own one. */
  async kickOut(name: string, options?: CallOptions): Promise<void> {
    await this.#call('kickout', { ce: name }, options);
  }
}
