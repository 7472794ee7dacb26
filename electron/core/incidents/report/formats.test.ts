import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import { asHtml } from './as-html.ts';
import { asMarkdown } from './as-markdown.ts';
import { reportOf } from './report-of.ts';
import { everyText } from './testing/report-input.ts';

const HOSTILE = [
  '![x](https://198.51.100.9/a.png)',
  '[x](javascript:alert(1))',
  '<img src=x onerror=alert(1)>',
  'https://198.51.100.9/ www.example.org a@example.org',
  'HTTPS://198.51.100.9 mailto:a@example.org xmpp:a@b.example ftp://example.org',
  '| a | b |\n| --- | --- |\n# heading',
  '``` ` `` \\` \\',
  '1. x\n- y\n> z\n===\n---',
  '[x]: https://198.51.100.9',
  '&lt;b&gt; &#60;b&#62; ~~x~~ **x** __x__',
  '</style><script>alert(1)</script><!--',
  '\u001b[31m\u202etxt.exe\u0000',
];
/** Pieces of which something could be put together. */
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: fc.constantFrom(...'![]()<>`|\\*_~&:/.#-+=1 \n\tahwtps@"\''), maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Everything that a reader of Markdown would make of a text. */
function kinds(tokens: readonly Token[], found: Set<string> = new Set()): Set<string> {
  marked.walkTokens([...tokens], ({ type }) => {
    found.add(type);
  });
  return found;
}

/** How many bars each line of a table has that are no text: a bar too many would push words out of their column. */
const bars = (table: string) =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => ` ${line.replaceAll(/\\./g, '').split('|').length - 1}`)
    .join('');

describe('a report as Markdown', () => {
  it('has no link, picture or markup, whatever machines and people wrote', () => {
    fc.assert(
      fc.property(text, (words) => {
        const found = kinds(marked.lexer(asMarkdown(reportOf(everyText(words)))));
        for (const kind of ['link', 'image', 'html', 'def', 'blockquote', 'code', 'strong', 'del', 'br'])
          expect([kind, found.has(kind)]).toEqual([kind, false]);
      }),
    );
  });

  it('has the same tables and headings, whatever machines and people wrote', () => {
    const form = (words: string) =>
      marked
        .lexer(asMarkdown(reportOf(everyText(words))))
        .filter(({ type }) => type !== 'space')
        .map((token) =>
          token.type === 'table'
            ? `table ${token.header.length}x${token.rows.length}${bars(token.raw)}`
            : token.type,
        );
    const plain = form('plain');
    expect(plain).toContain('table 5x2 6 6 6 6');
    fc.assert(
      fc.property(
        text.filter((words) => words.trim() !== ''),
        (words) => {
          expect(form(words)).toEqual(plain);
        },
      ),
    );
  });
});

describe('a report as HTML', () => {
  const TAG = /<[^>]*>/g;
  const form = (words: string) => (asHtml(reportOf(everyText(words))).match(TAG) ?? []).map((tag) => tag);

  it('has the same tags, whatever machines and people wrote', () => {
    const plain = form('plain');
    expect(plain.join('')).toContain(`default-src 'none'`);
    fc.assert(
      fc.property(
        text.filter((words) => words.trim() !== ''),
        (words) => {
          expect(form(words)).toEqual(plain);
        },
      ),
    );
  });

  it('loads and runs nothing', () => {
    const page = asHtml(reportOf(everyText('https://198.51.100.9/')));
    expect(page).not.toMatch(/<(script|img|link|iframe|object|form|a)\b/);
    expect(page).not.toMatch(/\s(src|href|on\w+)=/);
  });
});
