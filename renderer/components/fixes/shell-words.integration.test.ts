import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWords } from './shell-words.ts';

test('leaves plain words as they are', () => {
  expect(shellWords(['nft', '-f', '/etc/swarmkeep/outbound.nft'])).toBe('nft -f /etc/swarmkeep/outbound.nft');
});

test('a shell reads back exactly the same arguments', () => {
  const word = fc.string({ maxLength: 12 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const script = `for word in ${shellWords(words)}; do printf '%s\\0' "$word"; done`;
      const read = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
      expect(read.split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 40 },
  );
});
