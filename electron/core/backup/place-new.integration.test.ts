import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { partialOf, placeNew } from './place-new.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-place-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('lets one of two that want a name at once have it, whole, and harms neither', async () => {
  const file = join(folder, 'console.age');
  const partials = ['first', 'second'].map((text) => {
    const partial = partialOf(file);
    writeFileSync(partial, text, { flag: 'wx' });
    return partial;
  });
  const ended = await Promise.allSettled(partials.map((partial) => placeNew(partial, file)));
  const taken = ended.findIndex(({ status }) => status === 'fulfilled');
  expect(ended[1 - taken]).toMatchObject({ status: 'rejected', reason: { code: 'EEXIST' } });
  expect(readFileSync(file, 'utf8')).toBe(['first', 'second'][taken]);
  const [other = ''] = partials.toSpliced(taken, 1);
  expect(readdirSync(folder).sort()).toEqual([other.slice(folder.length + 1), 'console.age'].sort());
});
