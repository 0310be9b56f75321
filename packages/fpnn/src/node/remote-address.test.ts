import { expect, it } from 'vitest';
import { isPrivateAddress } from './remote-address.ts';

it.each(['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '::1', 'fe80::1', 'fec0::1'])(
  '%s is private',
  (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  },
);

it.each(['11.0.0.1', '172.32.0.1', '172.15.0.1', '192.169.0.1', '127.0.0.2', '::2', '2001:db8::1', '', 'localhost'])(
  '%j is not private',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  },
);
