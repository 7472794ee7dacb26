import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainDigits, readSheet, SHEET_GROUPS, sheetOf } from './recovery-sheet.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

it('gives back the key, however it is typed', () => {
  fc.assert(
    fc.property(key, fc.constantFrom(' ', '-', '', '\n', ' – '), fc.boolean(), (bytes, between, small) => {
      const groups = sheetOf(bytes);
      expect(groups).toHaveLength(SHEET_GROUPS);
      const typed = groups.join(between).replaceAll('0', 'O').replaceAll('1', 'l');
      const read = readSheet(small ? typed.toLowerCase() : typed);
      expect(read.ok && read.key.equals(Buffer.from(bytes))).toBe(true);
    }),
  );
});

it('never takes one that differs in a character for right, and mostly names the group', () => {
  let named = 0;
  let all = 0;
  fc.assert(
    fc.property(
      key,
      fc.nat({ max: SHEET_GROUPS * 5 - 1 }),
      fc.constantFrom(...'23456789ABCDEFGH'),
      (bytes, at, digit) => {
        const text = sheetOf(bytes).join('');
        if (text[at] === digit) return;
        const read = readSheet(text.slice(0, at) + digit + text.slice(at + 1));
        expect(read.ok).toBe(false);
        all += 1;
        if (!read.ok && read.problem === 'group' && read.group === Math.floor(at / 5) + 1) named += 1;
      },
    ),
    { numRuns: 500 },
  );
  expect(named / all).toBeGreaterThan(0.8);
});

it('refuses groups in another order, too few and too many', () => {
  const groups = sheetOf(Buffer.alloc(32, 0x5a).fill(3, 7));
  const [first = '', second = '', ...rest] = groups;
  expect(readSheet([second, first, ...rest].join(' ')).ok).toBe(false);
  expect(readSheet(groups.slice(0, -1).join(' '))).toEqual({ ok: false, problem: 'too-short' });
  expect(readSheet(`${groups.join(' ')} 00000`)).toEqual({ ok: false, problem: 'too-long' });
  expect(readSheet('')).toEqual({ ok: false, problem: 'too-short' });
});

it('reads whatever is typed without a mistake of its own', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (typed) => {
      expect(readSheet(typed).ok).toBe(false);
      expect(plainDigits(typed).length).toBeLessThanOrEqual(1_024 * 3);
    }),
    { numRuns: 60 },
  );
});
