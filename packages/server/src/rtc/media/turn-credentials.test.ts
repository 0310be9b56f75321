import { expect, test } from 'vitest';
import { makeTurnCredentials } from './turn-credentials.ts';

test('the password is the HMAC-SHA1 of the user name, which begins with the time of expiry', () => {
  // echo -n '1433895918:ada' | openssl dgst -sha1 -hmac 'north' -binary | base64
  expect(makeTurnCredentials({ secret: 'north', ttlSeconds: 86_400 }, 'ada', 1_433_809_518_999)).toEqual({
    username: '1433895918:ada',
    credential: 'KJ5PTMBeGkZIwdEVUss3BPdY8wE=',
    expires: 1_433_895_918,
  });
});
