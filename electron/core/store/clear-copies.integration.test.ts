import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCopyFolder, makeRestoreFolder, sweepClearCopies } from './clear-copies.ts';
import { prepareDataFolder } from './data-folder.ts';

let base: string;
let data: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-copies-'));
  data = join(base, 'data');
  mkdirSync(data, { mode: 0o700 });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A folder with something clear in it. */
function folder(path: string, age = 0): string {
  mkdirSync(path);
  writeFileSync(join(path, 'swarmkeep.db'), 'clear');
  const at = Date.now() / 1_000 - age;
  utimesSync(path, at, at);
  return path;
}

describe('clear copies of records', () => {
  it('are taken away when their maker was killed, and not while it is at work', async () => {
    const maker = fork(new URL('./testing/copy-maker.ts', import.meta.url), [data], { execArgv: [] });
    const [killed] = (await once(maker, 'message')) as [string];
    const ours = await makeCopyFolder(data);
    expect(await sweepClearCopies(data, true)).toEqual([]);
    // Only what was made a while ago is looked at.
    for (const path of [killed, ours.folder]) utimesSync(path, 1_000_000_000, 1_000_000_000);
    expect(await sweepClearCopies(data, true)).toEqual([]);
    const gone = once(maker, 'exit');
    maker.kill('SIGKILL');
    await gone;
    expect(await sweepClearCopies(data, true)).toEqual([killed]);
    expect([existsSync(killed), existsSync(ours.folder)]).toEqual([false, true]);
    await ours.remove();
    expect(readdirSync(data)).toEqual([]);
  });

  it('are known by the names that a backup or a restore of this folder makes; nothing else is touched', async () => {
    const outside = folder(join(base, 'outside'));
    symlinkSync(outside, join(data, '.backup-LiNkEd'));
    writeFileSync(join(data, '.backup-aFiLe0'), '');
    const fresh = folder(join(data, '.backup-fReSh0'));
    const others = [
      join(data, '.backup-longer-name'),
      join(base, '.other-restoring-aBcDeF'),
      join(base, '.data-restoring-tooLong'),
      join(base, 'data-restoring-aBcDeF'),
      join(base, 'data.before-20261122T120000'),
    ].map((path) => folder(path, 3_600));
    const old = folder(join(data, '.backup-oLdOnE'), 3_600);
    const restore = folder(join(base, '.data-restoring-aBcDeF'));
    expect(await sweepClearCopies(data, false)).toEqual([old]);
    expect(existsSync(restore)).toBe(true);
    expect(await sweepClearCopies(data, true)).toEqual([restore]);
    for (const path of [...others, fresh, outside])
      expect(existsSync(join(path, 'swarmkeep.db')), path).toBe(true);
    expect(existsSync(join(data, '.backup-aFiLe0'))).toBe(true);
  });
});

describe('a restore that was killed between its two renames', () => {
  it('leaves no empty folder to begin with: what was there before comes back', async () => {
    const staged = await makeRestoreFolder(data);
    writeFileSync(join(staged, 'swarmkeep.db'), 'restored');
    rmSync(data, { recursive: true });
    folder(join(base, 'data.before-20261121T120000'));
    writeFileSync(join(folder(join(base, 'data.before-20261122T120000')), 'newest'), '');
    folder(join(base, 'data.before-later'));
    expect(readdirSync(prepareDataFolder(data))).toEqual(['newest', 'swarmkeep.db']);
    expect(existsSync(join(base, 'data.before-20261121T120000'))).toBe(true);
    expect(await sweepClearCopies(data, true)).toEqual([staged]);
  });

  it('is told from records that were moved away by hand, and from a restore that had not got so far', async () => {
    rmSync(data, { recursive: true });
    const kept = folder(join(base, 'data.before-20261122T120000'));
    expect(readdirSync(prepareDataFolder(data))).toEqual([]);
    await makeRestoreFolder(data);
    rmSync(data, { recursive: true });
    expect(readdirSync(prepareDataFolder(data))).toEqual([]);
    expect(existsSync(kept)).toBe(true);
  });
});
