import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, quoteAll } from './quote.ts';

/** What /bin/sh makes of the words, one per argument, separated by NUL. */
function wordsOf(text: string): string[] {
  const script = `for word in ${text}; do printf '%s\\000' "$word"; done`;
  const result = spawnSync('/bin/sh', ['-s'], { input: script, encoding: 'utf8' });
  expect(result.status, result.stderr).toBe(0);
  return result.stdout.split('\0').slice(0, -1);
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...`'"\\\`$!*?[]{}()<>|&;#~ =-%aé`), maxLength: 40 }),
);

describe('quote', () => {
  it('gives /bin/sh back exactly the value, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 20 }), (values) => {
        const kept = values.filter((value) => quote(value).ok);
        const { text, refused } = quoteAll(values);
        expect(refused.length).toBe(values.length - kept.length);
        expect(wordsOf(text)).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it.each([
    ["it's", "'it'\\''s'"],
    ['', "''"],
    ['/home/mycoswarm/.config', '/home/mycoswarm/.config'],
    ['~root', "'~root'"],
    ['=ls', "'=ls'"],
    ['$(reboot)', "'$(reboot)'"],
  ])('writes %j as %j', (value, text) => {
    expect(quote(value)).toEqual({ ok: true, text });
  });

  it.each([
    ['newline', 'a\nreboot'],
    ['NUL', 'a\0b'],
    ['escape', 'a\u001b]0;x\u0007'],
    ['C1 control', 'a\u009b31m'],
    ['right-to-left override', 'a\u202Eb'],
    ['isolate', 'a\u2066b'],
    ['Arabic letter mark', 'a\u061Cb'],
    ['zero width', 'a\u200Bb'],
    ['line separator', 'a\u2028b'],
    ['half a surrogate pair', 'a\uD800b'],
    ['replacement character', 'a\uFFFDb'],
    ['byte escaped by a collector', '/tmp/a\\xff'],
    ['over-long value', 'a'.repeat(32_769)],
  ])('refuses a value with %s', (_name, value) => {
    expect(quote(value).ok).toBe(false);
  });

  it('never lets a control or format character through', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 0x2100 })).map((units) => String.fromCharCode(...units)),
        (value) => {
          const quoted = quote(value);
          if (quoted.ok) expect(quoted.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        },
      ),
    );
  });
});
