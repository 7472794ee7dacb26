import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from './canonical-json.ts';

describe('canonicalJson', () => {
  it('writes the example of RFC 8785, section 3.2.3, in the order of UTF-16 units', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Dalet',
      '1': 'One',
      '\ud83d\ude00': 'Smile',
      '\u0080': 'Control',
      '\u00f6': 'o',
    };
    expect(Object.values(JSON.parse(canonicalJson(value)))).toHaveLength(7);
    expect(canonicalJson(value)).toMatch(/Carriage Return.*One.*Control.*"o".*Euro Sign.*Smile.*Dalet/);
  });

  it('is the same for every order of keys, and reads back as what it was', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })),
        (value) => {
          const turned = Object.fromEntries(Object.entries(value).toReversed());
          expect(canonicalJson(turned as Json)).toBe(canonicalJson(value as Json));
          expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800'])('refuses %j', (value) => {
    expect(() => canonicalJson(value)).toThrow(RangeError);
  });
});
