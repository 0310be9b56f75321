import { BlockList, isIP, type Socket } from 'node:net';

const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addAddress('127.0.0.1');
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
PRIVATE.addSubnet('fec0::', 10, 'ipv6');

const MAPPED_IPV4 = '::ffff:';

/** The address of the other side, IPv4 written plainly also on a dual-stack socket; empty when the socket is gone. */
export function remoteAddressOf(socket: Socket): string {
  const address = socket.remoteAddress ?? '';
  return address.startsWith(MAPPED_IPV4) && address.includes('.') ? address.slice(MAPPED_IPV4.length) : address;
}

/** FPNN: `*status`, `*infos` and `*tune` are for 10/8, 172.16/12, 192.168/16, 127.0.0.1, ::1, fe80 and fec0 only. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
