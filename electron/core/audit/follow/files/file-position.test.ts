import { expect, it } from 'vitest';
import { ModelDisk, ModelReach } from '../testing/model-disk.ts';
import { FileFollower } from './file-follower.ts';
import { type FilePosition, filePosition, trailIn } from './file-position.ts';

const LOG = '/var/log/model.log';

/** Follows a log on a disk in memory until it has said so many lines. */
async function read(disk: ModelDisk, position: unknown, most: number) {
  const reach = new ModelReach(disk, { turn: () => {}, remote: false });
  const follower = new FileFollower({ reach, path: LOG, position, settleMs: 0 });
  const texts: string[] = [];
  const gaps: string[] = [];
  let stored: unknown = null;
  while (texts.length < most) {
    const batch = await follower.next();
    texts.push(...(batch?.lines.map(({ text }) => text) ?? []));
    gaps.push(...(batch?.gaps.map(({ kind }) => kind) ?? []));
    stored = batch?.position;
  }
  await follower.close();
  return { texts, gaps, position: JSON.parse(JSON.stringify(stored)) as FilePosition };
}

it('opens a position of before trails were kept, without a line twice and without a gap', async () => {
  const disk = new ModelDisk();
  const rotate = (pack: boolean) => {
    disk.now += 1_000;
    disk.rename(`${LOG}.1`, `${LOG}.2`);
    disk.rename(`${LOG}.1.gz`, `${LOG}.2.gz`);
    disk.rename(LOG, `${LOG}.1`);
    disk.now += 1_000;
    const live = disk.create(LOG);
    if (!pack) return live;
    disk.pack(`${LOG}.1`, '.gz');
    disk.remove(`${LOG}.1`);
    return live;
  };
  disk.append(disk.create(LOG), 'one\n');
  const first = await read(disk, null, 1);
  disk.append(rotate(false), 'two\n');
  const second = await read(disk, first.position, 1);
  const { trail: _, ...old } = second.position;
  const packed = old.current && { ...old.current };
  delete (packed as { packed?: boolean } | null)?.packed;
  disk.append(rotate(true), 'three\n');
  const third = await read(disk, { ...old, current: packed }, 1);
  expect([first.texts, second.texts, third.texts]).toEqual([['one'], ['two'], ['three']]);
  expect([...first.gaps, ...second.gaps, ...third.gaps]).toEqual([]);
  expect(trailIn(filePosition.parse(old))).toHaveLength(1);
});

it('stays small, however many files were rotated', async () => {
  const disk = new ModelDisk();
  disk.append(disk.create(LOG), 'line\n');
  let { position } = await read(disk, null, 1);
  for (let count = 0; count < 20; count += 1) {
    for (let number = count; number >= 1; number -= 1) {
      disk.rename(`${LOG}.${number}`, `${LOG}.${number + 1}`);
    }
    disk.now += 1_000;
    disk.rename(LOG, `${LOG}.1`);
    disk.append(disk.create(LOG), 'line\n');
    ({ position } = await read(disk, position, 1));
  }
  expect(position.trail?.length).toBe(8);
  expect(JSON.stringify(position).length).toBeLessThan(8_192);
});
