import { expect, it } from 'vitest';
import { inVirtualTime } from '../testing/virtual-time.ts';
import { FileFollower } from './file-follower.ts';
import type { LogReach, OpenLog, SeenFile } from './log-reach.ts';

const LOG = '/var/log/a.log';
const HOUR = 3_600_000;

interface Claimed {
  live: SeenFile;
  rotated: SeenFile[];
}

/** A node that claims things of a log; how often it was asked is counted. */
class Claims implements LogReach {
  asked = 0;
  readonly #files: (asked: number) => Claimed;
  readonly #content: (asked: number, offset: number, length: number) => Buffer;

  constructor(
    files: (asked: number) => Claimed,
    content: (asked: number, offset: number, length: number) => Buffer,
  ) {
    this.#files = files;
    this.#content = content;
  }

  async look() {
    this.asked += 1;
    return { kind: 'file' as const, file: this.#files(this.asked).live };
  }

  async rotated(): Promise<SeenFile[]> {
    this.asked += 1;
    return this.#files(this.asked).rotated;
  }

  async open(file: SeenFile): Promise<OpenLog> {
    return {
      read: async (offset, length) => {
        this.asked += 1;
        return this.#content(this.asked, offset, length);
      },
      look: async () => ({ ...file, size: this.#files(this.asked).live.size }),
      close: async () => undefined,
    };
  }

  async matches(): Promise<{ paths: string[]; more: boolean }> {
    return { paths: [], more: false };
  }

  /** It wakes all the time, as folders do in which something is written. */
  onChange(_path: string, wake: () => void): { pollMs: () => number; stop: () => void } {
    const timer = setInterval(wake, 1);
    return { pollMs: () => 250, stop: () => clearInterval(timer) };
  }
}

const seen = (name: string, inode: number, size: number, at = 1_795_000_000_000): SeenFile => {
  return {
    folder: '/var/log',
    name,
    device: '1',
    inode: String(inode),
    size,
    modifiedAt: at,
    bornAt: at,
    owner: 0,
  };
};

/** @returns how often it was asked in an hour, and all that was said of it */
function inAnHour(
  reach: Claims,
): Promise<{ asked: number; troubles: Set<string>; lines: number; gaps: number }> {
  return inVirtualTime(async (now) => {
    const follower = new FileFollower({ reach, path: LOG });
    const troubles = new Set<string>();
    let [lines, gaps, ended] = [0, 0, false];
    const reading = (async () => {
      for (let batch = await follower.next(); batch; batch = await follower.next()) {
        lines += batch.lines.length;
        gaps += batch.gaps.length;
      }
      ended = true;
    })();
    while (now() < HOUR && reach.asked < 200_000) {
      troubles.add(follower.status().trouble);
      await new Promise((resolve) => setImmediate(resolve));
    }
    void follower.close();
    while (!ended) await new Promise((resolve) => setImmediate(resolve));
    await reading;
    return { asked: reach.asked, troubles, lines, gaps };
  });
}

it('a node that claims bytes which never come is asked ever less often, and that is said', async () => {
  const reach = new Claims(
    (asked) => ({ live: seen('a.log', 7, 4_096 + asked), rotated: [] }),
    () => Buffer.alloc(0),
  );
  const { asked, troubles } = await inAnHour(reach);
  // Every 30 seconds at last, some questions each time.
  expect(asked).toBeLessThan(3_000);
  expect([...troubles].some((words) => /more bytes, and none of them .* in 30 seconds\.$/.test(words))).toBe(
    true,
  );
});

it('a node that shows other rotated files each time, and nothing in them, is asked ever less often, and that is said', async () => {
  const reach = new Claims(
    (asked) => ({
      live: seen('a.log', 7, 0),
      rotated: [seen('a.log.1', 100 + asked, 0, 1_795_000_000_000 + asked * 1_000)],
    }),
    () => Buffer.alloc(0),
  );
  const { asked, troubles } = await inAnHour(reach);
  expect(asked).toBeLessThan(20_000);
  expect([...troubles].some((words) => /change all the time.* in 30 seconds\.$/.test(words))).toBe(true);
});

it('bytes that come late are read at once', async () => {
  const reach = new Claims(
    () => ({ live: seen('a.log', 7, 12), rotated: [] }),
    (asked, offset, length) =>
      asked < 12 ? Buffer.alloc(0) : Buffer.from('line\nothers\n').subarray(offset, offset + length),
  );
  const { lines } = await inAnHour(reach);
  expect(lines).toBe(2);
});
