import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableJson } from './json-text.ts';

describe('JSON on a terminal', () => {
  it('has no character that a terminal acts on or that cannot be seen', () => {
    const text = 'a\u001b[31m\u009b31m\u007f\u202eb\u{e0041}\u2028é漢😀';
    expect(printableJson({ text })).toBe(
      '{"text":"a\\u001b[31m\\u009b31m\\u007f\\u202eb\\udb40\\udc41\\u2028é漢😀"}',
    );
  });

  it('is the same value for whoever reads it', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 2 }),
        fc.string({ unit: 'binary', maxLength: 30 }),
        (value, text) => {
          const both = { [text]: [text, value] };
          const printed = printableJson(both, 2);
          expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(both)));
          expect(printed).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
        },
      ),
      { numRuns: 60 },
    );
  });
});
