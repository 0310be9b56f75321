/**
 * Where a quest arrives: of back ends on the server gate, of logged-in users on the client gate, of both on the file gate,
 * of native clients with a ticket on the media gate, of browsers with an SDP offer on the web RTC endpoint.
 */
export type Gate = 'server' | 'client' | 'file' | 'media' | 'web-rtc';

/** What a gate accepts beyond the declared types. */
export type GateRules = {
  /** A decimal str counts as an id: a browser SDK sends the room so when it re-enters one after a lost connection. */
  readonly takesTextIds: boolean;
};

export const GATE_RULES: Readonly<Record<Gate, GateRules>> = {
  server: { takesTextIds: false },
  client: { takesTextIds: true },
  file: { takesTextIds: true },
  media: { takesTextIds: true },
  'web-rtc': { takesTextIds: true },
};
