import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { follow, gzip, kinds, lab, numbered, whileOff, write } from '../testing/log-lab.ts';

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
});
