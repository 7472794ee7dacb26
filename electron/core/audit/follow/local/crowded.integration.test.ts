import { appendFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FileFollower } from '../files/file-follower.ts';
import { ReadingRoom } from '../files/reading-room.ts';
import type { FollowedBatch } from '../follower.ts';
import { lab } from '../testing/log-lab.ts';
import { LocalReach } from './local-reach.ts';

const reach = new LocalReach();
const line = (number: number) => `event ${number} ${'.'.repeat(1_000)}\n`;
const lines = (count: number) => Array.from({ length: count }, (_, number) => line(number)).join('');

function open(count: number, room: ReadingRoom, text: () => string, from = 0): FileFollower[] {
  return Array.from({ length: count }, (_, index) => {
    const path = `${lab.folder}/${from + index}.log`;
    writeFileSync(path, text());
    return new FileFollower({ reach, room, path });
  });
}

it('no more is in memory than has a place, however many logs are behind, and all of them come to their end', async () => {
  const followers = open(12, new ReadingRoom(3, 1), () => lines(500));
  const got = followers.map(() => 0);
  const given = new Map<number, FollowedBatch>();
  const ask = (index: number): void => {
    void followers[index]?.next().then((batch) => batch && given.set(index, batch));
  };
  followers.forEach((_, index) => {
    ask(index);
  });
  try {
    while (got.some((count) => count < 500)) {
      await expect.poll(() => given.size, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0);
      // Whoever has nothing yet waits for those that were not taken.
      await new Promise((resolve) => setTimeout(resolve, 40));
      expect([...given.values()].filter(({ lines: some }) => some.length > 0).length).toBeLessThanOrEqual(3);
      for (const [index, batch] of [...given]) {
        given.delete(index);
        for (const { text } of batch.lines) {
          expect(`${text}\n`).toBe(line(got[index] ?? 0));
          got[index] = (got[index] ?? 0) + 1;
        }
        ask(index);
      }
    }
  } finally {
    for (const follower of followers) await follower.close();
  }
});

it('a long line that never ends does not keep others waiting, and is read when it ends', {
  timeout: 40_000,
}, async () => {
  const long = 'x'.repeat(300_000);
  const room = new ReadingRoom(6, 1);
  const got: string[][] = [[], [], [], [], []];
  const read = async (follower: FileFollower, lines: string[]) => {
    for (let batch = await follower.next(); batch; batch = await follower.next())
      for (const { text } of batch.lines) lines.push(text);
  };
  const patient = { timeout: 20_000, interval: 20 };
  const followers = open(1, room, () => long);
  const reading = followers.map((follower) => read(follower, got[0] as string[]));
  try {
    // It has the only desk.
    await expect.poll(() => followers[0]?.status(), patient).toMatchObject({ state: 'live', lagBytes: 0 });
    const others = open(4, room, () => `${long}\n`, 1);
    followers.push(...others);
    reading.push(...others.map((follower, index) => read(follower, got[index + 1] as string[])));
    await expect.poll(() => got.slice(1).map((some) => some.length), patient).toEqual([1, 1, 1, 1]);
    expect(got[0]).toEqual([]);
    appendFileSync(`${lab.folder}/0.log`, 'the end\nand more\n');
    await expect.poll(() => got[0]?.length, patient).toBe(2);
    expect(got).toEqual([[`${long}the end`, 'and more'], [long], [long], [long], [long]]);
  } finally {
    for (const follower of followers) await follower.close();
    await Promise.all(reading);
  }
});
