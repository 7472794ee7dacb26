import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactCommands } from './exact-command.ts';

it('is read by a shell as exactly the words that run, however they look', () => {
  const word = fc.oneof(
    fc
      .string({ unit: 'binary', maxLength: 40 })
      .filter((text) => !text.includes('\0') && text.isWellFormed()),
    fc.constantFrom(
      'set -eu\nalone() {\n\t[ "$1" = \'\' ]\n}\n'.repeat(20),
      '~',
      'a=b',
      '\u202egnp',
      '-n',
      '',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      (all) => {
        const { commands, words } = exactCommands(all);
        const lines = [...words, ...commands];
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const script = [...words, ...commands.map((command) => `printf '%s\\0' ${command} end`)].join('\n');
        const read = execFileSync('bash', ['--norc', '-c', script], {
          encoding: 'utf8',
          env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
        });
        expect(read).toBe(
          all.map((vector) => [...vector, 'end'].map((part) => `${part}\0`).join('')).join(''),
        );
      },
    ),
    { numRuns: 30 },
  );
});

it('gives a long script once, and names it in each command', () => {
  const script = 'set -eu\nprintf x\n'.repeat(50);
  const { commands, words } = exactCommands([
    ['sh', '-c', script, 'sh', '/a'],
    ['sh', '-c', script, 'sh', '/b'],
  ]);
  expect(commands).toEqual(['sh -c "$script1" sh /a', 'sh -c "$script1" sh /b']);
  expect(words.filter((line) => line.includes('script1='))).toHaveLength(1);
  for (const line of words) expect(line.length).toBeLessThan(450);
});
