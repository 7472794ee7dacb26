import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../address.ts';
import { readAddress } from './address-text.ts';

const sparse = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65_535 })), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n));

describe('addresses in a listing', () => {
  it('are read as everywhere else, also when they are none', () => {
    const like = fc
      .array(
        fc.constantFrom(
          '0',
          '1',
          '25',
          '255',
          '256',
          '01',
          'f',
          'FFFF',
          'g',
          ':',
          ':',
          '::',
          '.',
          '.',
          '-',
          ' ',
        ),
        {
          maxLength: 17,
        },
      )
      .map((parts) => parts.join(''));
    const written = fc.oneof(
      like,
      sparse.map((value) => formatAddress(6, value)),
      fc.bigInt(0n, 2n ** 32n - 1n).map((value) => formatAddress(4, value)),
    );
    fc.assert(
      fc.property(written, (text) => {
        const known = parseAddress(text);
        expect(readAddress(4, text)).toBe(known?.version === 4 ? known.value : null);
        expect(readAddress(6, text)).toBe(known?.version === 6 ? known.value : null);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [6, '::'],
    [6, '2001:DB8::1'],
    [6, '::ffff:192.0.2.1'],
    [6, '1:2:3:4:5:6:7:8'],
    [6, '1:2:3:4:5:6:7::'],
    [4, '0.0.0.0'],
  ] as const)('reads IPv%i %s', (version, text) => {
    expect(readAddress(version, text)).toBe(parseAddress(text)?.value);
  });
});
