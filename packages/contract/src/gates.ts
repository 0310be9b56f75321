/** Who calls: back ends on the server gate, logged-in users on the client gate, both on the file gate. */
export type Gate = 'server' | 'client' | 'file';

/** What a gate accepts beyond the declared types. */
export type GateRules = {
  /** A decimal str counts as an id: a browser SDK sends the room so when it re-enters one after a lost connection. */
  readonly takesTextIds: boolean;
};

export const GATE_RULES: Readonly<Record<Gate, GateRules>> = {
  server: { takesTextIds: false },
  client: { takesTextIds: true },
  file: { takesTextIds: true },
};
