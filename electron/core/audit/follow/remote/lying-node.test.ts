import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileFollower } from '../files/file-follower.ts';
import { answer, type Lie, LyingNode } from '../testing/lying-node.ts';
import { NodeLoop } from './node-loop.ts';
import { RemoteReach } from './remote-reach.ts';

const greets =
  (lie: Lie): Lie =>
  (order, nonce) =>
    order[0] === 'hello' ? answer('', 'hello 0', nonce) : lie(order, nonce);

function* endless(piece: Buffer): Generator<Buffer> {
  for (;;) yield piece;
}

afterEach(() => void vi.useRealTimers());

describe('a shell that lies', () => {
  it('and never ends an answer is cut off when it has sent what was asked for', async () => {
    const node = new LyingNode(greets(() => endless(Buffer.alloc(65_536, 120))));
    const loop = new NodeLoop(node);
    await expect(loop.ask(['read'], 1_000_000)).rejects.toThrow('something that was not asked for');
    expect(node.sent).toBeLessThan(1_000_000 + 2 * 65_536);
    await loop.close();
  });

  it('and answers what was not asked is not believed: that shell is ended, and another one is asked after a pause that grows', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const node = new LyingNode(
      greets((_, nonce) => [...answer('a', 'ok', nonce), ...answer('b', 'ok', nonce)]),
    );
    const loop = new NodeLoop(node);
    const ask = () => loop.ask(['look', '0'], 100);
    for (const [index, pauseMs] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
      expect((await ask()).body.toString()).toBe('a');
      expect(node.runs).toBe(index + 1);
      await expect(ask()).rejects.toThrow(
        `not asked for. The node is asked again in ${pauseMs <= 1_000 ? 'a second' : `${pauseMs / 1_000} seconds`}.`,
      );
      vi.advanceTimersByTime(pauseMs - 1);
      await expect(ask()).rejects.toThrow('not asked for');
      expect(node.runs).toBe(index + 1);
      vi.advanceTimersByTime(1);
    }
    await loop.close();
  });

  it('and worked for a while is asked again soon', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let lies = true;
    const node = new LyingNode(
      greets((_, nonce) => [...answer('a', 'ok', nonce), ...(lies ? answer('b', 'ok', nonce) : [])]),
    );
    const loop = new NodeLoop(node);
    for (const pauseMs of [500, 1_000, 2_000]) {
      await loop.ask(['look', '0'], 100);
      await expect(loop.ask(['look', '0'], 100)).rejects.toThrow('not asked for');
      vi.advanceTimersByTime(pauseMs);
    }
    lies = false;
    await loop.ask(['look', '0'], 100);
    vi.advanceTimersByTime(60_001);
    lies = true;
    await loop.ask(['look', '0'], 100);
    await expect(loop.ask(['look', '0'], 100)).rejects.toThrow('in a second');
    await loop.close();
  });

  it('and says nothing is waited for no longer than an answer may take', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const node = new LyingNode(greets(() => null));
    const loop = new NodeLoop(node);
    const asked = loop.ask(['look', '0'], 100).catch((error: Error) => error.message);
    await vi.waitFor(() => expect(node.orders).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await asked).toMatch(/^The node did not answer in time\. The node is asked again/);
    await loop.close();
  });

  it.each(['hello', 'hello -1', 'hello 99999999999', 'lacks ../../x', 'ok', ''])(
    'and greets with “%s” is no node that can be followed',
    async (greeting) => {
      const loop = new NodeLoop(new LyingNode((_, nonce) => answer('', greeting, nonce)));
      await expect(loop.ask(['look', '0'], 100)).rejects.toThrow('does not answer as it should');
      await loop.close();
    },
  );
});

const HONEST = Buffer.from(`${'a line'.padEnd(63, '.')}\n`.repeat(64));

/** Lies about a log: names, sizes, times and content are whatever it likes, and other ones each time. */
const lies = fc.record({
  /** Lists the same twice in a row, so that something is read at all. */
  steady: fc.boolean(),
  inodes: fc.array(fc.constantFrom('7', '8', '-1', '99999999999999999999', 'x'), { minLength: 1 }),
  sizes: fc.array(fc.constantFrom('0', '5', '4096', '999999999999999', '1e9', '-5'), { minLength: 1 }),
  times: fc.array(fc.constantFrom('1.000', '1795000000.123', '999999999999.999', '-62135596800.000', 'now'), {
    minLength: 1,
  }),
  names: fc.uniqueArray(
    fc.constantFrom('./a.log', './a.log.1', './a.log.1.gz', './../etc/shadow', '/etc/shadow'),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  contents: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 }),
  states: fc.array(fc.constantFrom('ok', 'ok', 'ok', 'gone', 'closed', 'failed', 'many', ''), {
    minLength: 1,
  }),
});

it('a node that lies about everything makes no follower fail, give more than was read, or hang', {
  timeout: 120_000,
}, async () => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(lies, async ({ steady, inodes, sizes, times, names, contents, states }) => {
      let turn = 0;
      let served = 0;
      const pick = <Value>(of: readonly Value[]): Value => {
        turn += 1;
        return of[turn % of.length] as Value;
      };
      const node = new LyingNode(
        greets((order, nonce) => {
          if (turn > 400) return null;
          if (order[0] === 'look') return answer('other\n'.repeat(Number(order[1])), 'ok', nonce);
          if (order[0] === 'list') {
            const line = (name: string, at: number) => {
              const [inode, size] = steady ? [String(7 + at), '4096'] : [pick(inodes), pick(sizes)];
              const time = steady ? '1795000000.123' : pick(times);
              return `1 ${inode} ${size} ${time} ${time} 0 1 81a4 ${name}\n`;
            };
            return answer(`= yes 0\n${names.map(line).join('')}`, 'ok', nonce);
          }
          const [from, most] = [Number(order[4]), Number(order[5])];
          turn += 1;
          if (steady && turn % 9 !== 0) {
            const honest = HONEST.subarray(from, from + most);
            served += honest.length;
            return answer(honest, `ok 1:7 81a4 4096 1795000000.123`, nonce);
          }
          const content = Buffer.from(pick(contents)).subarray(0, most);
          served += content.length;
          const state = pick(states);
          return answer(content, state === 'ok' ? `ok 1:7 81a4 ${pick(sizes)} ${pick(times)}` : state, nonce);
        }),
      );
      const loop = new NodeLoop(node);
      const follower = new FileFollower({ reach: new RemoteReach(loop), path: '/var/log/a.log' });
      let bytes = 0;
      const reading = (async () => {
        for (let batch = await follower.next(); batch; batch = await follower.next()) {
          expect(batch.position).toBeTypeOf('object');
          for (const { text } of batch.lines) bytes += Buffer.byteLength(text);
        }
      })();
      await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, 200))]);
      await loop.close();
      await follower.close();
      await reading;
      // A replaced byte is three of UTF-8.
      expect(bytes).toBeLessThanOrEqual(served * 3);
      read += bytes;
    }),
    { numRuns: 30 },
  );
  expect(read).toBeGreaterThan(0);
});
