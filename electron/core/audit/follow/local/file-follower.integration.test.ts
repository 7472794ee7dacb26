import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { FileFollower, type FileFollowerOptions } from '../files/file-follower.ts';
import { Gather } from '../testing/gather.ts';
import { LocalReach } from './local-reach.ts';

let folder = '';
let log = '';
const open: Gather[] = [];

beforeEach(() => {
  folder = mkdtempSync('/tmp/swarmkeep-follow-');
  log = `${folder}/access.log`;
});
afterEach(async () => {
  for (const gather of open.splice(0)) await gather.stop();
  rmSync(folder, { recursive: true, force: true });
});

function follow(position?: unknown, options: Partial<FileFollowerOptions> = {}): Gather {
  const gather = new Gather(
    new FileFollower({ reach: new LocalReach(), path: log, position, settleMs: 300, ...options }),
  );
  open.push(gather);
  return gather;
}
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `event ${from + index} of the test`);
const write = (from: number, to: number, path = log) =>
  appendFileSync(path, `${numbered(from, to).join('\n')}\n`);
const kinds = (gather: Gather) => gather.gaps.map(({ kind }) => kind);
/** Stops, lets something happen while nobody watches, and follows on. */
async function whileOff(gather: Gather, happens: () => void): Promise<Gather> {
  const position = await gather.stop();
  happens();
  return follow(position);
}
const gzip = (name: string) => {
  writeFileSync(`${folder}/${name}.gz`, gzipSync(readFileSync(`${folder}/${name}`)));
  unlinkSync(`${folder}/${name}`);
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
    appendFileSync(log, 'first\nsec');
    const first = follow();
    await first.until(({ lines }) => lines.length === 1);
    await first.quiet();
    expect(first.texts).toEqual(['first']);
    const second = await whileOff(first, () => appendFileSync(log, 'on'));
    await second.quiet();
    appendFileSync(log, 'd\r\n');
    await second.until(({ lines }) => lines.length === 1);
    expect(second.texts).toEqual(['second']);
  });

  it('bears what is no text', async () => {
    writeFileSync(log, Buffer.from([0x61, 0x00, 0x62, 0x0a, 0xff, 0xfe, 0x0a, 0x0a]));
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 3);
    expect(gather.texts).toEqual(['a\0b', '\ufffd\ufffd', '']);
  });

  it('cuts a line that is too long in bounded memory, and goes on behind it', async () => {
    writeFileSync(log, `${'x'.repeat(3_000_000)}\nnext\n`);
    const gather = follow(undefined, { longestLine: 1_000 });
    await gather.until(({ lines }) => lines.length === 2);
    expect(gather.lines[0]?.cut?.bytes).toBe(3_000_000);
    expect(gather.lines[0]?.text.length).toBe(1_000);
    expect(gather.texts[1]).toBe('next');
  });

  it('appears later, and becomes readable later', async () => {
    log = `${folder}/not/yet/access.log`;
    const gather = follow();
    await gather.until(({ follower }) => follower.status().trouble.includes('/not is not there'));
    expect(gather.follower.status().state).toBe('waiting');
    mkdirSync(`${folder}/not/yet`, { recursive: true });
    await gather.until(({ follower }) => follower.status().trouble.startsWith('It is not there yet'));
    write(0, 2);
    await gather.until(({ lines }) => lines.length === 2);
    expect(gather.gaps).toEqual([]);
  });

  it('is removed and made anew', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    unlinkSync(log);
    await gather.until(({ follower }) => follower.status().state === 'waiting');
    write(2, 4);
    await gather.until(({ lines }) => lines.length === 4);
    expect(gather.texts).toEqual(numbered(0, 4));
  });
});

describe('rotation', () => {
  it('by renaming, with a writer that was not told yet', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    renameSync(log, `${log}.1`);
    write(2, 4, `${log}.1`);
    write(4, 6);
    await gather.until(({ lines }) => lines.length === 6);
    expect(gather.texts).toEqual(numbered(0, 6));
    write(6, 8, `${log}.1`);
    await gather.until(({ lines }) => lines.length === 8);
    appendFileSync(`${log}.1`, 'unfinished');
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    write(8, 9);
    await gather.until(({ lines }) => lines.length === 10);
    expect(gather.texts.slice(6)).toEqual([...numbered(6, 8), 'unfinished', ...numbered(8, 9)]);
    expect(gather.gaps).toEqual([]);
  });

  it('delivers a last line without an end when the new file has begun', async () => {
    appendFileSync(log, 'one\ntwo');
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 1);
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'three\n');
    await gather.until(({ lines }) => lines.length === 3);
    expect(gather.texts).toEqual(['one', 'two', 'three']);
  });

  it('by renaming and packing, several times while nobody watched', async () => {
    write(0, 100);
    const first = follow();
    await first.until(({ lines }) => lines.length === 100);
    const second = await whileOff(first, () => {
      write(100, 110);
      renameSync(log, `${log}.1`);
      gzip('access.log.1');
      renameSync(`${log}.1.gz`, `${log}.3.gz`);
      write(110, 120, `${log}.2`);
      writeFileSync(`${log}.2.zst`, zstdCompressSync(readFileSync(`${log}.2`)));
      unlinkSync(`${log}.2`);
      write(120, 130, `${log}.1`);
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
      renameSync(log, `${log}-20261120`);
      gzip('access.log-20261120');
      write(10, 20, `${log}-20261121`);
      write(20, 30);
    });
    await second.until(({ lines }) => lines.length === 20);
    expect(second.texts).toEqual(numbered(10, 30));
  });

  it('reads nothing that was rotated before it began', async () => {
    write(0, 5, `${log}.1`);
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
    copyFileSync(log, `${log}.1`);
    appendFileSync(log, 'lost\n');
    truncateSync(log, 0);
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
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
      gzip('access.log.1');
      renameSync(`${log}.1.gz`, `${log}.2.gz`);
      write(60, 70);
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
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
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
    await first.until(({ gaps }) => gaps.length === 1);
    const second = await whileOff(first, () => {
      write(3, 6);
      renameSync(`${log}.1`, `${log}.2`);
      copyFileSync(log, `${log}.1`);
      truncateSync(log, 0);
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
      copyFileSync(log, `${log}.1`);
      write(5, 6);
    });
    await second.until(({ lines }) => lines.length === 6);
    truncateSync(log, 0);
    write(6, 8);
    await second.until(({ lines }) => lines.length === 8);
    expect(second.texts).toEqual(numbered(0, 8));
  });

  it('tells when a file is cut and there is no copy', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const second = await whileOff(first, () => {
      truncateSync(log, 0);
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
      unlinkSync(log);
      write(10, 20, `${log}.1`);
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
    const late = `${folder}/elsewhere`;
    renameSync(log, late);
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
      renameSync(log, `${log}.1`);
      gzip('access.log.1');
      // The inode is used again by the file system, or as here by hand: same inode, other content, and as long.
      for (let attempt = 0; attempt < 3; attempt += 1) writeFileSync(log, '');
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
      renameSync(log, `${log}.2`);
      gzip('access.log.2');
      write(5, 2_000, `${log}.1`);
      gzip('access.log.1');
      truncateSync(`${log}.1.gz`, 3_000);
      write(2_000, 2_005);
    });
    await second.until(({ texts }) => texts.includes('event 2004 of the test'));
    expect(kinds(second)).toEqual(['damaged']);
    expect(second.texts[0]).toBe('event 5 of the test');
    expect(second.texts.slice(-5)).toEqual(numbered(2_000, 2_005));
  });

  it('is not taken in by a bomb', async () => {
    write(0, 5);
    const first = follow();
    await first.until(({ lines }) => lines.length === 5);
    const position = await first.stop();
    renameSync(log, `${log}.2`);
    writeFileSync(`${log}.1.gz`, gzipSync(Buffer.alloc(30_000_000)));
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
    const size = readFileSync(log).length;
    copyFileSync(log, `${log}.1`);
    truncateSync(log, 0);
    truncateSync(log, size);
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
      renameSync(log, `${log}.1`);
      write(10, 20);
      utimesSync(`${log}.1`, 0, 0);
      utimesSync(log, 4e9, 4e9);
    });
    await second.until(({ lines }) => lines.length === 15);
    expect(second.texts).toEqual(numbered(5, 20));
  });
});

describe('what is not a log', () => {
  const waitFor = async (words: string) => {
    const gather = follow();
    await gather.until(({ follower }) => follower.status().trouble.includes(words));
    expect(gather.follower.status().state).toBe('failed');
    rmSync(log, { recursive: true, force: true });
    write(0, 1);
    await gather.until(({ lines }) => lines.length === 1);
  };

  it('a pipe is not opened', async () => {
    execFileSync('mkfifo', [log]);
    await waitFor('pipe');
  });

  it('a folder', async () => {
    mkdirSync(log);
    await waitFor('folder');
  });

  it('a device', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root to make a device');
    execFileSync('mknod', [log, 'c', '1', '5']);
    await waitFor('device');
  });

  it('a loop of links', async () => {
    symlinkSync('access.log', log);
    await waitFor('loop');
  });

  it('a log that becomes a pipe, and a log again', async () => {
    write(0, 2);
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    renameSync(log, `${log}.1`);
    execFileSync('mkfifo', [log]);
    await gather.until(({ follower }) => follower.status().state === 'failed');
    unlinkSync(log);
    write(2, 4);
    await gather.until(({ lines }) => lines.length === 4);
    expect(gather.texts).toEqual(numbered(0, 4));
  });
});

describe('a folder of the agent', () => {
  const agent = 65_534;
  const needsRoot = (context: TestContext) => {
    if (process.getuid?.() !== 0) context.skip('needs root to make files of another account');
  };
  const secret = () => {
    writeFileSync(`${folder}/secret`, 'root:$6$secret\n', { mode: 0o600 });
    mkdirSync(`${folder}/agent`);
    chownSync(`${folder}/agent`, agent, agent);
    return `${folder}/agent/access.log`;
  };
  const agentLinks = (target: string, path: string) =>
    execFileSync('setpriv', [
      `--reuid=${agent}`,
      `--regid=${agent}`,
      '--clear-groups',
      'ln',
      '-s',
      target,
      path,
    ]);

  it('a link of the agent is not followed, in no place of the path', async (context) => {
    needsRoot(context);
    chmodSync(folder, 0o755);
    log = secret();
    agentLinks('../secret', log);
    const gather = follow();
    await gather.until(({ follower }) =>
      follower.status().trouble.includes('link that was made by uid 65534'),
    );
    await gather.stop();
    agentLinks('..', `${folder}/agent/logs`);
    log = `${folder}/agent/logs/secret`;
    const second = follow();
    await second.until(({ follower }) => follower.status().state === 'failed');
    await second.quiet(200);
    expect([gather.lines, second.lines]).toEqual([[], []]);
  });

  it('another name of a file that is not the agent`s is not followed', async (context) => {
    needsRoot(context);
    log = secret();
    linkSync(`${folder}/secret`, log);
    const gather = follow();
    await gather.until(({ follower }) => follower.status().trouble.includes('another name'));
    await gather.quiet(200);
    expect(gather.lines).toEqual([]);
  });

  it('a link of root is followed, also to another folder', async () => {
    mkdirSync(`${folder}/data`);
    write(0, 2, `${folder}/data/real.log`);
    symlinkSync('data', `${folder}/link`);
    symlinkSync('../link/real.log', `${folder}/data/access.log`);
    log = `${folder}/link/access.log`;
    const gather = follow();
    await gather.until(({ lines }) => lines.length === 2);
    renameSync(`${folder}/data/real.log`, `${folder}/data/real.log.1`);
    write(2, 4, `${folder}/data/real.log`);
    await gather.until(({ lines }) => lines.length === 4);
    expect(gather.texts).toEqual(numbered(0, 4));
  });
});
