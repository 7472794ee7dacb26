import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, formatRange, parseAddress, prefixInterval } from './address.ts';

describe('addresses as numbers', () => {
  it('come back as they were, IPv4 and IPv6', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n - 1n), (value) => {
        expect(parseAddress(formatAddress(4, value))).toEqual({ version: 4, value });
      }),
    );
    const sparse = fc
      .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65_535 })), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n));
    fc.assert(
      fc.property(sparse, (value) => {
        expect(parseAddress(formatAddress(6, value))).toEqual({ version: 6, value });
      }),
    );
  });

  it.each([
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['::', '::'],
    ['fe80::1', 'fe80::1'],
  ])('writes %s as RFC 5952 does: %s', (text, written) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address.version, address.value)).toBe(written);
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', ':::', 'fe80::1%eth0', '12345::', 'example.org'])(
    'refuses %j',
    (text) => expect(parseAddress(text)).toBeNull(),
  );

  it('names a range as a prefix only where it is one', () => {
    expect(formatRange(4, prefixInterval(4, 0x0a010203n, 8))).toBe('10.0.0.0/8');
    expect(formatRange(4, [0xc0a80107n, 0xc0a80107n])).toBe('192.168.1.7');
    expect(formatRange(4, [1n, 4n])).toBe('0.0.0.1-0.0.0.4');
    expect(formatRange(6, prefixInterval(6, 0n, 0))).toBe('::/0');
  });
});
