import { createHmac } from 'node:crypto';

/** A user name and a password of a TURN server, good until a time. */
export type TurnCredentials = { readonly username: string; readonly credential: string; readonly expires: number };

export type TurnOptions = { readonly secret: string; readonly ttlSeconds: number };

/**
 * Credentials that a TURN server checks by itself, with the secret that it shares with this server: coturn calls them its
 * REST API (`use-auth-secret`). The user name is the time of expiry and a name for the log of the TURN server, the
 * password the HMAC-SHA1 of it in base64.
 *
 * @param now - Milliseconds since 1970.
 */
export function makeTurnCredentials({ secret, ttlSeconds }: TurnOptions, name: string, now: number): TurnCredentials {
  const expires = Math.floor(now / 1000) + ttlSeconds;
  const username = `${expires}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64'), expires };
}
