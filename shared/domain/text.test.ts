import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortened, visible, visibleLines } from './text.ts';

describe('visible', () => {
  it.each([
    ['plain name', 'plain name'],
    ['größer 日本 café', 'größer 日本 café'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
    ['evil\u202egpj.exe', 'evil\\u{202e}gpj.exe'],
    ['a\u200bb\u2066c\ufeff', 'a\\u{200b}b\\u{2066}c\\u{feff}'],
    ['a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['a\u00a0b', 'a\\xa0b'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800x', '\\u{d800}x'],
    ['\u3164', '\\u{3164}'],
  ])('shows %j', (given, expected) => {
    expect(visible(given)).toBe(expected);
  });

  it('leaves nothing unseen, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(visible(text)).not.toContain('\n');
        expect(visible(visible(text))).toBe(visible(text));
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('keeps the lines of raw output', () => {
    expect(visibleLines('a\n\tb\r\n\u001b[2J')).toBe('a\n\tb\\r\n\\x1b[2J');
  });
});

describe('shortened', () => {
  it('never exceeds the limit and never tears a pair', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 32, max: 100 }),
        (text, limit) => {
          const cut = shortened(text, limit);
          expect(cut.length).toBeLessThanOrEqual(limit);
          expect(cut.isWellFormed()).toBe(true);
          if (text.length <= limit) expect(cut).toBe(text);
        },
      ),
    );
  });
});
