import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteToken, tokenize } from './tokenize.ts';

function words(line: string): string[] | null {
  return tokenize(line)?.map(({ text }) => text) ?? null;
}

describe('the words of a line', () => {
  it('are split at blanks, held together by double quotes, with backslashes in them', () => {
    expect(words('-A  OUTPUT\t-j LOG')).toEqual(['-A', 'OUTPUT', '-j', 'LOG']);
    expect(words('--comment "it is \\"quoted\\" \\\\ -j DROP" -j X')).toEqual([
      '--comment',
      'it is "quoted" \\ -j DROP',
      '-j',
      'X',
    ]);
    expect(words('a"b c"d ""')).toEqual(['ab cd', '']);
    expect(words("it's a\\b")).toEqual(["it's", 'a\\b']);
  });
  it('are none when a quote is left open', () => {
    expect(words('a "b')).toBeNull();
    expect(words('a "b\\')).toBeNull();
    expect(words('x '.repeat(5_000))).toBeNull();
  });
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 10 }), (texts) => {
        const plain = texts.map((text) => text.replace(/[\r\n]/g, '_'));
        expect(words(plain.map(quoteToken).join(' '))).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });
});
