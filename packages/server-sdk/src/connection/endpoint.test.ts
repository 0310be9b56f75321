import { expect, test } from 'vitest';
import { parseEndpoint } from './endpoint.ts';

test('a host name, an IPv4 and an IPv6 address are parsed', () => {
  expect(parseEndpoint('rtm.example.com:13315')).toEqual({ host: 'rtm.example.com', port: 13_315 });
  expect(parseEndpoint('127.0.0.1:1')).toEqual({ host: '127.0.0.1', port: 1 });
  expect(parseEndpoint('[::1]:65535')).toEqual({ host: '::1', port: 65_535 });
});

test.each(['', 'host', 'host:', ':13315', 'host:0', 'host:65536', 'host:1x', '::1:13315', '[::1]', 'a:b:1'])(
  '%j is refused',
  (text) => {
    expect(() => parseEndpoint(text)).toThrow(TypeError);
  },
);
