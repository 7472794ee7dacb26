import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FileFollower } from '../files/file-follower.ts';
import type { Gather } from '../testing/gather.ts';
import { follow, lab, numbered, write } from '../testing/log-lab.ts';
import { LocalReach } from './local-reach.ts';

const kinds = (gather: Gather) => gather.gaps.map(({ kind }) => kind);
/** Stops, lets something happen while nobody watches, and follows on. */
async function whileOff(gather: Gather, happens: () => void): Promise<Gather> {
  const position = await gather.stop();
  happens();
  return follow(position);
}
const gzip = (name: string) => {
  writeFileSync(`${lab.folder}/${name}.gz`, gzipSync(readFileSync(`${lab.folder}/${name}`)));
  unlinkSync(`${lab.folder}/${name}`);
};

describe('a file that is written to', () => {
  it('is read from its beginning, and on', async () => {
    write(0, 3);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 3);
    write(3, 5);
    await gather.until(({ lines }) => lines.length === 5);
    expect(gather.texts).toEqual(numbered(0, 5));
    expect(gather.follower.status()).toEqual({ state: 'live', trouble: '', lagBytes: 0, owner: 0 });
    expect(gather.gaps).toEqual([]);
  });

  it('goes on where it was, with no line twice', async () => {
    write(0, 3);
    const first = follow();
    await first.until(({ lines }) => lines.length === 3);
    const second = await whileOff(first, () => write(3, 6));
    await second.until(({ lines }) => lines.length === 3);
    expect(second.texts).toEqual(numbered(3, 6));
    const third = await whileOff(second, () => {});
    await third.quiet();
    expect([third.lines, third.gaps]).toEqual([[], []]);
  });

  it('waits for the end of a line, also over a restart', async () => {
    appendFileSync(lab.log, 'first\nsec');
    const first = follow();
    await first.until(({ lines }) => lines.length === 1);
    await first.quiet();
    expect(first.texts).toEqual(['first']);
    const second = await whileOff(first, () => appendFileSync(lab.log, 'on'));
    await second.quiet();
    appendFileSync(lab.log, 'd\r\n');
    await second.until(({ lines }) => lines.length === 1);
    expect(second.texts).toEqual(['second']);
  });

  it('bears what is no text', async () => {
    writeFileSync(lab.log, Buffer.from([0x61, 0x00, 0x62, 0x0a, 0xff, 0xfe, 0x0a, 0x0a]));
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 3);
    expect(gather.texts).toEqual(['a\0b', '\ufffd\ufffd', '']);
  });

  it('cuts a line that is too long in bounded memory, and goes on behind it', async () => {
    writeFileSync(lab.log, `${'x'.repeat(3_000_000)}\nnext\n`);
    const gather = follow(undefined, { longestLine: 1_000 });
    await gather.until(({ lines }) => lines.length === 2);
    expect(gather.lines[0]?.cut?.bytes).toBe(3_000_000);
    expect(gather.lines[0]?.text.length).toBe(1_000);
    expect(gather.texts[1]).toBe('next');
  });

  it('appears later, and becomes readable later', async () => {
    lab.log = `${lab.folder}/not/yet/access.log`;
    const gather = follow();
    await gather.until(({ follower }) => follower.status().trouble.includes('/not is not there'));
    expect(gather.follower.status().state).toBe('waiting');
    mkdirSync(`${lab.folder}/not/yet`, { recursive: true });
    await gather.until(({ follower }) => follower.status().trouble.startsWith('It is not there yet'));
    write(0, 2);
    await gather.until(({ lines }) => lines.length === 2);
    expect(gather.gaps).toEqual([]);
  });

  it('is removed and made anew', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    unlinkSync(lab.log);
    await gather.until(({ follower }) => follower.status().state === 'waiting');
    write(2, 4);
    await gather.until(({ lines }) => lines.length === 4);
    expect(gather.texts).toEqual(numbered(0, 4));
  });

  it('says how much is waiting while more is written than is taken', async () => {
    const text = `${'x'.repeat(999)}\n`;
    writeFileSync(lab.log, text.repeat(2_000));
    const follower = new FileFollower({ reach: new LocalReach(), path: lab.log });
    try {
      for (let taken = 0; taken === 0; ) taken = (await follower.next())?.lines.length ?? -1;
      appendFileSync(lab.log, text.repeat(20_000));
      await new Promise((resolve) => setTimeout(resolve, 600));
      await follower.next();
      const { state, lagBytes } = follower.status();
      expect(state).toBe('catching-up');
      expect(lagBytes).toBeGreaterThan(19_000_000);
    } finally {
      await follower.close();
    }
  });
});

describe('rotation', () => {
  it('by renaming, with a writer that was not told yet', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    renameSync(lab.log, `${lab.log}.1`);
    write(2, 4, `${lab.log}.1`);
    write(4, 6);
    await gather.until(({ lines }) => lines.length === 6);
    expect(gather.texts).toEqual(numbered(0, 6));
    write(6, 8, `${lab.log}.1`);
    await gather.until(({ lines }) => lines.length === 8);
    appendFileSync(`${lab.log}.1`, 'unfinished');
    renameSync(`${lab.log}.1`, `${lab.log}.2`);
    renameSync(lab.log, `${lab.log}.1`);
    write(8, 9);
    await gather.until(({ lines }) => lines.length === 10);
    expect(gather.texts.slice(6)).toEqual([...numbered(6, 8), 'unfinished', ...numbered(8, 9)]);
    expect(gather.gaps).toEqual([]);
  });

  it('delivers a last line without an end when the new file has begun', async () => {
    appendFileSync(lab.log, 'one\ntwo');
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 1);
    renameSync(lab.log, `${lab.log}.1`);
    writeFileSync(lab.log, 'three\n');
    await gather.until(({ lines }) => lines.length === 3);
    expect(gather.texts).toEqual(['one', 'two', 'three']);
  });

  it('by renaming and packing, several times while nobody watched', async () => {
    write(0, 100);
    const first = follow();
    await first.until(({ lines }) => lines.length === 100);
    const second = await whileOff(first, () => {
      write(100, 110);
      renameSync(lab.log, `${lab.log}.1`);
      gzip('access.log.1');
      renameSync(`${lab.log}.1.gz`, `${lab.log}.3.gz`);
      write(110, 120, `${lab.log}.2`);
      writeFileSync(`${lab.log}.2.zst`, zstdCompressSync(readFileSync(`${lab.log}.2`)));
      unlinkSync(`${lab.log}.2`);
      write(120, 130, `${lab.log}.1`);
      write(130, 140);
    });
    await second.until(({ lines }) => lines.length === 40);
    expect(second.texts).toEqual(numbered(100, 140));
    expect(second.gaps).toEqual([]);
  });

  it('with dates in the names', async () => {
    write(0, 10);
    const first = follow();
    await first.until(({ lines }) => lines.length === 10);
    const second = await whileOff(first, () => {
      renameSync(lab.log, `${lab.log}-20261120`);
      gzip('access.log-20261120');
      write(10, 20, `${lab.log}-20261121`);
      write(20, 30);
    });
    await second.until(({ lines }) => lines.length === 20);
    expect(second.texts).toEqual(numbered(10, 30));
  });

  it('reads nothing that was rotated before it began', async () => {
    write(0, 5, `${lab.log}.1`);
    write(5, 6);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 1);
    await gather.quiet();
    expect(gather.texts).toEqual(numbered(5, 6));
  });

  it('by copying and cutting: what was copied is read, and the gap is told', async () => {
    write(0, 5);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 5);
    write(5, 7);
    copyFileSync(lab.log, `${lab.log}.1`);
    appendFileSync(lab.log, 'lost\n');
    truncateSync(lab.log, 0);
    write(7, 9);
    await gather.until(({ lines }) => lines.length >= 9);
    await gather.quiet();
    expect(gather.texts.filter((text) => text !== 'lost')).toEqual(numbered(0, 9));
    expect(kinds(gather)).toEqual(['copytruncate']);
  });

  it('by copying and cutting while nobody watched, twice, with packing', async () => {
    write(0, 50);
    const first = follow();
    await first.until(({ lines }) => lines.length === 50);
    const second = await whileOff(first, () => {
      write(50, 60);
      copyFileSync(lab.log, `${lab.log}.1`);
      truncateSync(lab.log, 0);
      gzip('access.log.1');
      renameSync(`${lab.log}.1.gz`, `${lab.log}.2.gz`);
      write(60, 70);
      copyFileSync(lab.log, `${lab.log}.1`);
      truncateSync(lab.log, 0);
      write(70, 200);
    });
    await second.until(({ lines }) => lines.length === 150);
    expect(second.texts).toEqual(numbered(50, 200));
    expect(kinds(second)).toEqual(['copytruncate', 'copytruncate']);
    const third = await whileOff(second, () => write(200, 201));
    await third.until(({ lines }) => lines.length === 1);
    await third.quiet();
    expect([third.texts, third.gaps]).toEqual([numbered(200, 201), []]);
  });

  it('by copying and cutting an empty beginning between two looks', async () => {
    write(0, 3);
    const first = follow();
    await first.until(({ lines }) => lines.length === 3);
    copyFileSync(lab.log, `${lab.log}.1`);
    truncateSync(lab.log, 0);
    await first.until(({ gaps }) => gaps.length === 1);
    const second = await whileOff(first, () => {
      write(3, 6);
      renameSync(`${lab.log}.1`, `${lab.log}.2`);
      copyFileSync(lab.log, `${lab.log}.1`);
      truncateSync(lab.log, 0);
      write(6, 9);
    });
    await second.until(({ lines }) => lines.length === 6);
    expect(second.texts).toEqual(numbered(3, 9));
    expect(kinds(second)).toEqual(['copytruncate']);
  });

  it('does not read a copy beside the file that it is of', async () => {
    const first = follow();
    await first.quiet(200);
    const second = await whileOff(first, () => {
      write(0, 5);
      copyFileSync(lab.log, `${lab.log}.1`);
      write(5, 6);
    });
    await second.until(({ lines }) => lines.length === 6);
    truncateSync(lab.log, 0);
    write(6, 8);
    await second.until(({ lines }) => lines.length === 8);
    expect(second.texts).toEqual(numbered(0, 8));
  });

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
