import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { LogReach } from '../files/log-reach.ts';
import { follow, gzip, kinds, lab, numbered, whileOff, write } from '../testing/log-lab.ts';
import { LocalReach } from './local-reach.ts';

describe('a rotation in which something is missing or odd', () => {
  it('tells when a file is cut and there is no copy', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const second = await whileOff(first, () => {
      truncateSync(lab.log, 0);
      write(5, 90);
    });
    await second.until(({ lines }) => lines.length === 85);
    expect(second.texts).toEqual(numbered(5, 90));
    expect(kinds(second)).toEqual(['copytruncate']);
  });

  it('tells when a rotated file was gone before it was read', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const second = await whileOff(first, () => {
      unlinkSync(lab.log);
      write(10, 20, `${lab.log}.1`);
      write(20, 30);
    });
    await second.until(({ lines }) => lines.length === 20);
    expect(second.texts).toEqual(numbered(10, 30));
    expect(kinds(second)).toEqual(['rotated-away']);
  });

  it('reads on what is still open although it was removed', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    const late = `${lab.folder}/elsewhere`;
    renameSync(lab.log, late);
    write(2, 4, late);
    write(4, 5);
    await gather.until(({ lines }) => lines.length === 5);
    expect(gather.texts).toEqual(numbered(0, 5));
  });

  it('notices that another file has the same inode', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const second = await whileOff(first, () => {
      renameSync(lab.log, `${lab.log}.1`);
      gzip('access.log.1');
      // The inode is used again by the file system, or as here by hand: same inode, other content, and as long.
      for (let attempt = 0; attempt < 3; attempt += 1) writeFileSync(lab.log, '');
      write(5, 40);
    });
    await second.until(({ lines }) => lines.length === 35);
    expect(second.texts).toEqual(numbered(5, 40));
    expect(second.gaps).toEqual([]);
  });

  it('tells of a packed file that is damaged, and goes on behind it', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const second = await whileOff(first, () => {
      renameSync(lab.log, `${lab.log}.2`);
      gzip('access.log.2');
      write(5, 2_000, `${lab.log}.1`);
      gzip('access.log.1');
      truncateSync(`${lab.log}.1.gz`, 3_000);
      write(2_000, 2_005);
    });
    await second.until(({ texts }) => texts.includes('event 2004 of the test'));
    expect(kinds(second)).toEqual(['damaged']);
    expect(second.texts[0]).toBe('event 5 of the test');
    expect(second.texts.slice(-5)).toEqual(numbered(2_000, 2_005));
  });

  it('waits for a packed file that is still being written', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const position = await first.stop();
    write(5, 3_000);
    const packed = gzipSync(readFileSync(lab.log));
    const { atime, mtime } = statSync(lab.log);
    unlinkSync(lab.log);
    writeFileSync(`${lab.log}.1.gz`, packed.subarray(0, 2_000));
    write(3_000, 3_002);
    const second = follow(position);
    for (let from = 2_000; from < packed.length; from += 1_000) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      appendFileSync(`${lab.log}.1.gz`, packed.subarray(from, from + 1_000));
    }
    utimesSync(`${lab.log}.1.gz`, atime, mtime);
    await second.until(({ texts }) => texts.includes('event 3001 of the test'));
    expect([second.texts.length, second.gaps]).toEqual([2_997, []]);
  });

  it('takes a packed file for what it is when its packer ended while it was read', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const position = await first.stop();
    write(5, 3_000);
    const packed = gzipSync(readFileSync(lab.log));
    const { atime, mtime } = statSync(lab.log);
    const path = `${lab.log}.1.gz`;
    unlinkSync(lab.log);
    writeFileSync(path, packed.subarray(0, 2_000));
    write(3_000, 3_002);
    const reach: LogReach = new LocalReach();
    const look = reach.look.bind(reach);
    let packs: 'some' | 'all' | 'ended' = 'some';
    vi.spyOn(reach, 'look').mockImplementation((at, fresh) => {
      if (at === path && fresh && packs === 'some') {
        appendFileSync(path, packed.subarray(2_000));
        // Later than the new log by more than clocks differ: as it looks now, it is a copy of what went on.
        utimesSync(path, atime, new Date(Date.now() + 1_000));
        packs = 'all';
      }
      return look(at, fresh);
    });
    const open = reach.open.bind(reach);
    vi.spyOn(reach, 'open').mockImplementation((file) => {
      if (file.size === packed.length && packs === 'all') {
        utimesSync(path, atime, mtime);
        packs = 'ended';
      }
      return open(file);
    });
    const second = follow(position, { reach });
    await second.until(({ texts }) => texts.includes('event 3001 of the test'));
    expect([packs, second.texts.length, second.gaps]).toEqual(['ended', 2_997, []]);
  });

  it('takes a packed copy for what it is while the log was not cut yet', async () => {
    const first = follow();
    await first.quiet(200);
    const second = await whileOff(first, () => {
      write(0, 5);
      writeFileSync(`${lab.log}.1.gz`, gzipSync(readFileSync(lab.log)));
      write(5, 6);
    });
    await second.until(({ lines }) => lines.length === 6);
    truncateSync(lab.log, 0);
    write(6, 8);
    await second.until(({ lines }) => lines.length >= 8);
    await second.quiet();
    expect(second.texts).toEqual(numbered(0, 8));
    expect(kinds(second)).toEqual(['copytruncate']);
  });

  it('of a file without one whole line, by renaming and by copying', async () => {
    write(0, 1);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 1);
    const shift = (last: number) => {
      for (let number = last; number >= 1; number -= 1)
        renameSync(`${lab.log}.${number}`, `${lab.log}.${number + 1}`);
    };
    renameSync(lab.log, `${lab.log}.1`);
    appendFileSync(lab.log, 'unfinished');
    await gather.quiet();
    shift(1);
    renameSync(lab.log, `${lab.log}.1`);
    write(1, 2);
    await gather.until(({ lines }) => lines.length === 3);
    shift(2);
    renameSync(lab.log, `${lab.log}.1`);
    appendFileSync(lab.log, 'not ended');
    await gather.quiet();
    shift(3);
    copyFileSync(lab.log, `${lab.log}.1`);
    truncateSync(lab.log, 0);
    write(2, 3);
    await gather.until(({ texts }) => texts.includes('event 2 of the test'));
    expect(gather.texts).toEqual([
      numbered(0, 1)[0],
      'unfinished',
      numbered(1, 2)[0],
      'not ended',
      numbered(2, 3)[0],
    ]);
    expect(kinds(gather)).toEqual(['copytruncate']);
  });

  it('that removed a file before it was read, while the one that is written to had nothing yet', async () => {
    write(0, 1);
    const first = follow();
    await first.until(({ lines }) => lines.length === 1);
    renameSync(lab.log, `${lab.log}.1`);
    writeFileSync(lab.log, '');
    await first.quiet();
    const second = await whileOff(first, () => {
      unlinkSync(`${lab.log}.1`);
      write(1, 2);
      unlinkSync(lab.log);
      write(2, 3);
    });
    await second.until(({ lines }) => lines.length === 1);
    await second.quiet();
    expect(second.texts).toEqual(numbered(2, 3));
    expect(kinds(second)).toEqual(['rotated-away']);
  });

  it('is not taken in by a bomb', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const position = await first.stop();
    renameSync(lab.log, `${lab.log}.2`);
    writeFileSync(`${lab.log}.1.gz`, gzipSync(Buffer.alloc(30_000_000)));
    write(5, 7);
    const second = follow(position, {
      longestLine: 1_000,
      limits: { free: 1_000_000, ratio: 100, total: 1e9 },
    });
    await second.until(({ texts }) => texts.includes('event 6 of the test'));
    expect(kinds(second)).toEqual(['damaged']);
    expect(second.gaps[0]?.detail).toContain('access.log.1.gz');
  });

  it('skips the hole of a writer that goes on at its old offset', async () => {
    write(0, 100);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 100);
    const size = readFileSync(lab.log).length;
    copyFileSync(lab.log, `${lab.log}.1`);
    truncateSync(lab.log, 0);
    truncateSync(lab.log, size);
    write(100, 103);
    await gather.until(({ texts }) => texts.includes('event 102 of the test'));
    expect(gather.texts).toEqual(numbered(0, 103));
    expect(kinds(gather)).toEqual(['copytruncate']);
  });

  it('does not care for clocks', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const second = await whileOff(first, () => {
      write(5, 10);
      renameSync(lab.log, `${lab.log}.1`);
      write(10, 20);
      utimesSync(`${lab.log}.1`, 0, 0);
      utimesSync(lab.log, 4e9, 4e9);
    });
    await second.until(({ lines }) => lines.length === 15);
    expect(second.texts).toEqual(numbered(5, 20));
  });
});
