import { appendFileSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileFollower } from '../files/file-follower.ts';
import { follow, lab, numbered, whileOff, write } from '../testing/log-lab.ts';
import { LocalReach } from './local-reach.ts';

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
