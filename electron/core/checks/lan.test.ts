import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, reachOf } from './lan.ts';

/** The same definition, kept by somebody else's code. */
const lan = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['224.0.0.0', 24],
] as const)
  lan.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::1', 128],
  ['fe80::', 10],
  ['fc00::', 7],
  ['ff02::', 16],
] as const)
  lan.addSubnet(network, prefix, 'ipv6');

describe('what an address is to the node', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.53.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['0.0.0.0', 'every'],
    ['::', 'every'],
    ['*', 'every'],
    ['[::]', 'every'],
    ['::ffff:0.0.0.0', 'every'],
    ['10.1.2.3', 'lan'],
    ['172.16.0.1', 'lan'],
    ['172.31.255.255', 'lan'],
    ['192.168.1.24', 'lan'],
    ['169.254.9.9', 'lan'],
    ['fe80::1%eth0', 'lan'],
    ['fd12:3456::1', 'lan'],
    ['224.0.0.251', 'lan'],
    ['ff02::fb', 'lan'],
    ['172.32.0.1', 'public'],
    ['100.92.14.7', 'public'],
    ['224.0.1.1', 'public'],
    ['2001:4860:4860::8888', 'public'],
    ['ff05::2', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['8.8.8.8', 'public'],
  ])('%s is %s', (address, reach) => {
    expect(reachOf(address)).toBe(reach);
  });

  it.each([
    '',
    'localhost',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    '256.1.1.1',
    '1::2::3',
    ':::',
    '12345::',
    '::1.2.3.4:5',
    '1.2.3.4::',
    'fe80:',
    '::%',
  ])('%j is no address', (text) => {
    const expected = text === '::%' ? 'every' : null;
    expect(reachOf(text)).toBe(expected);
  });

  it('agrees with the network library of Node.js on every address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const family = isIP(address);
        const reach = reachOf(address);
        expect(reach).not.toBeNull();
        // BlockList answers for IPv4-mapped addresses by their IPv6 form, so they are compared by their inner bytes.
        const bytes = addressBytes(address) ?? [];
        const plain = bytes.length === 4 ? bytes.join('.') : address;
        const inLan = lan.check(plain, bytes.length === 4 ? 'ipv4' : 'ipv6');
        if (reach !== 'every') expect(reach !== 'public').toBe(inLan);
        expect(family === 4 || family === 6).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('says null exactly where Node.js sees no address', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '::', '.', '255', '25'), maxLength: 12 }),
        (text) => {
          expect(addressBytes(text) === null).toBe(isIP(text) === 0);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
