import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

/** Texts in which every second character is one that misleads. */
const hostileText = fc
  .array(
    fc.constantFrom(
      'a',
      'é',
      '家',
      '🏠',
      ' ',
      '\n',
      '\u0000',
      '\u001b',
      '\u009b',
      '\u202e',
      '\u2066',
      '\u200b',
      '\ufeff',
    ),
  )
  .map((characters) => characters.join(''));

describe('plainText', () => {
  it.each([
    ['All doors are locked.', 'All doors are locked.'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['user\u202Etxt.exe', 'user txt.exe'],
    ['zero\u200bwidth\ufeff', 'zero width'],
    ['  much   space  ', 'much space'],
    ['línea naïve 家 🏠', 'línea naïve 家 🏠'],
  ])('%j becomes %j', (text, expected) => {
    expect(plainText(text, 100)).toBe(expected);
  });

  it('shortens with an ellipsis, never in silence', () => {
    expect(plainText('a'.repeat(20), 10)).toBe(`${'a'.repeat(9)}…`);
    expect(plainText('a'.repeat(10), 10)).toBe('a'.repeat(10));
  });

  it('holds its promises for any text', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 300 }), (text, longest) => {
        const plain = plainText(text, longest);
        expect(plain.length).toBeLessThanOrEqual(longest);
        expect(plain).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u);
        expect(plain).toBe(plain.trim());
      }),
    );
  });
});
