import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalReach } from './local/local-reach.ts';
import { PatternFollower } from './pattern-follower.ts';
import { Gather } from './testing/gather.ts';

let folder = '';
const open: Gather[] = [];
beforeEach(() => {
  folder = mkdtempSync('/tmp/swarmkeep-pattern-');
});
afterEach(async () => {
  for (const gather of open.splice(0)) await gather.stop();
  rmSync(folder, { recursive: true, force: true });
});
const write = (name: string, ...lines: string[]) =>
  appendFileSync(`${folder}/${name}`, `${lines.join('\n')}\n`);
function follow(position?: unknown, mostFiles?: number): Gather {
  const pattern = `${folder}/*.log*`;
  const gather = new Gather(
    new PatternFollower({ reach: new LocalReach(), pattern, position, mostFiles, matchEveryMs: 60 }),
  );
  open.push(gather);
  return gather;
}

it('follows every file of a pattern, those that come later too, and each from its own place', async () => {
  const first = follow();
  await first.until(({ follower }) => follower.status().trouble.includes('No file'));
  write('a.log', 'a1');
  write('b.log', 'b1', 'b2');
  write('notes', 'none');
  await first.until(({ lines }) => lines.length === 3);
  write('c.log', 'c1');
  await first.until(({ lines }) => lines.length === 4);
  const position = await first.stop();
  write('a.log', 'a2');
  renameSync(`${folder}/a.log`, `${folder}/a.log.1`);
  write('a.log', 'a3');
  write('c.log', 'c2');
  const second = follow(position);
  await second.until(({ lines }) => lines.length === 3);
  await second.quiet(300);
  expect(second.texts.toSorted()).toEqual(['a2', 'a3', 'c2']);
  expect(second.texts.filter((text) => text.startsWith('a'))).toEqual(['a2', 'a3']);
  expect(second.gaps).toEqual([]);
});

it('goes on with what it follows however many files of earlier names are put beside it, also after a restart', async () => {
  const first = follow(undefined, 4);
  write('z.log', 'z1');
  await first.until(({ lines }) => lines.length === 1);
  for (let number = 0; number < 8; number += 1) write(`a${number}x.log`, `a${number}`);
  // Three of them have room beside it.
  await first.until(({ lines }) => lines.length === 4);
  expect(first.follower.status().trouble).toContain('More than 4 files');
  await first.quiet(400);
  write('z.log', 'z2');
  await first.until(({ texts }) => texts.includes('z2'));
  const position = await first.stop();
  write('z.log', 'z3');
  const second = follow(position, 4);
  await second.until(({ texts }) => texts.includes('z3'));
  expect(second.texts.filter((text) => text.startsWith('z'))).toEqual(['z3']);
});
