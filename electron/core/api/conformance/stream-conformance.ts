import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readStream } from '#shared/contract/read-stream.ts';
import { type StreamMessage, WINDOW } from '#shared/contract/stream.ts';
import type { ApiClient } from '../direct-client.ts';
import type { Bench } from './bench-of-transport.ts';

/** A busy machine gets its time. */
const SOON = { timeout: 15_000 };

type Delta = { at: string; sentence: string | null };
type Changes = StreamMessage<{ at: string }, Delta>;

/** What every transport must do alike with streams. */
export function streamConformance(current: () => Bench): void {
  describe('streams', () => {
    const emit = (count: number, first = 1, padding = '') => {
      for (let index = first; index < first + count; index += 1) {
        current().service.topics.changes.emit({
          at: '2026-11-21T19:20:00.000Z',
          what: 'notice',
          node: null,
          sentence: `${index}${padding}`,
        });
      }
    };

    it('begin with a snapshot, and go on with numbered deltas', async () => {
      const { client } = await current().connect();
      const stream = await open(client, 'stream-a');
      const snapshot = await next(stream);
      expect(snapshot).toMatchObject({ kind: 'snapshot', value: { at: '2026-11-21T19:20:00.000Z' } });
      emit(3);
      for (const index of [1, 2, 3]) {
        expect(await next(stream)).toMatchObject({
          kind: 'delta',
          number: snapshot.number + index,
          value: { sentence: `${index}` },
        });
      }
      await stream.return?.();
    });

    it('end on the console when the reader cancels, also while it waits', async () => {
      const { client } = await current().connect();
      const stream = await open(client, 'stream-a');
      await next(stream);
      const waiting = stream.next().then(
        () => 'ended',
        () => 'ended',
      );
      await stream.return?.();
      await expect.poll(() => current().api.streams.size, SOON).toBe(0);
      await expect(waiting).resolves.toBe('ended');
    });

    it('end on the console when the signal of the call aborts', async () => {
      const { client } = await current().connect();
      const controller = new AbortController();
      const stream = await open(client, 'stream-a', undefined, controller.signal);
      await next(stream);
      expect(current().api.streams.size).toBe(1);
      controller.abort();
      await expect.poll(() => current().api.streams.size, SOON).toBe(0);
    });

    it('end on the console when the connection is cut', async () => {
      const connection = await current().connect();
      const stream = await open(connection.client, 'stream-a');
      await next(stream);
      await connection.cut();
      await expect.poll(() => current().api.streams.size, SOON).toBe(0);
    });

    it('give a reader that stops reading a bounded part, and say what was not shown', async () => {
      const { client } = await current().connect();
      const stream = await open(client, 'stream-a');
      const snapshot = await next(stream);
      const total = 20_000;
      const before = heap();
      // Twenty thousand deltas of about a kilobyte, in turns so that the wire could take them if it were let.
      for (let sent = 0; sent < total; sent += 1_000) {
        emit(1_000, sent + 1, 'x'.repeat(500));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const grown = heap() - before;
      expect(grown).toBeLessThan(12 * 1024 * 1024);

      // Deltas come in order; what is missing is counted, and made good by a snapshot. Where the wire has room for a
      // part only, more than one piece may be missing.
      const end = snapshot.number + total;
      let last = snapshot.number;
      let acknowledged = last;
      let shown = 0;
      let missing = 0;
      let awaited = stream.next();
      for (;;) {
        const result = await within(awaited, 200);
        if (result === 'quiet') {
          // The window is full: nothing more comes until it is acknowledged. A skip counts by its numbers. Before that,
          // the machine is slow and the message on its way.
          if (last - acknowledged < WINDOW) continue;
          acknowledged = last;
          await client.streams.acknowledge({ stream: 'stream-a', number: last });
        } else {
          const message = value(result);
          if (message.kind === 'delta') {
            shown += 1;
            expect(message.number).toBe(last + 1);
          } else if (message.kind === 'skipped') {
            missing += message.count;
            expect(message.number - last).toBe(message.count);
          } else if (message.number === end) break;
          last = message.number;
          awaited = stream.next();
        }
      }
      expect(shown).toBeLessThanOrEqual(WINDOW);
      expect(shown + missing).toBe(total);
      await client.streams.acknowledge({ stream: 'stream-a', number: snapshot.number + total });
      emit(1, total + 1);
      expect(await next(stream)).toMatchObject({ kind: 'delta', number: snapshot.number + total + 1 });
      await stream.return?.();
    });

    it('resume after a break where the reader was, without a snapshot', async () => {
      const first = await current().connect();
      const stream = await open(first.client, 'stream-a');
      const snapshot = await next(stream);
      emit(2);
      await next(stream);
      await first.cut();
      emit(2, 3);
      const second = await current().connect();
      const again = await open(second.client, 'stream-a', snapshot.number + 1);
      for (const index of [2, 3, 4]) {
        expect(await next(again)).toMatchObject({
          kind: 'delta',
          number: snapshot.number + index,
          value: { sentence: `${index}` },
        });
      }
      await again.return?.();
    });

    it('begin anew when the reader was away too long, or comes with numbers of another console', async () => {
      const { client } = await current().connect();
      const stream = await open(client, 'stream-a');
      const { number } = await next(stream);
      await stream.return?.();
      emit(WINDOW + 1);
      for (const resumeAfter of [0, 57, number, number + 1_000_000]) {
        const again = await open(client, `stream-${resumeAfter}`, resumeAfter);
        expect(await next(again)).toMatchObject({ kind: 'snapshot', number: number + WINDOW + 1 });
        await again.return?.();
      }
    });

    it('are limited for each client, and free their place when they end', async () => {
      const { client } = await current().connect();
      const open4 = [];
      for (const name of ['stream-a', 'stream-b', 'stream-c', 'stream-d']) {
        const stream = await open(client, name);
        await next(stream);
        open4.push(stream);
      }
      await expect(open(client, 'stream-e').then(next)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      // The same stream again takes the place of the one before.
      const again = await open(client, 'stream-d');
      expect(await next(again)).toMatchObject({ kind: 'snapshot' });
      expect(current().api.streams.size).toBe(4);
      for (const stream of [...open4, again]) await stream.return?.();
      await expect.poll(() => current().api.streams.size, SOON).toBe(0);
    });

    it('are acknowledged by their own reader only, and not beyond what was sent', async () => {
      const { client } = await current().connect();
      const stream = await open(client, 'stream-a');
      const { number } = await next(stream);
      await expect(client.streams.acknowledge({ stream: 'stream-x', number })).resolves.toEqual({
        known: false,
      });
      await client.streams.acknowledge({ stream: 'stream-a', number: number + 1_000_000 });
      emit(WINDOW);
      for (let index = 1; index <= WINDOW; index += 1) await next(stream);
      emit(5);
      expect(await within(stream.next(), 100)).toBe('quiet');
      await stream.return?.();
    });

    it('reach a reader that acknowledges whole and in order, across breaks', async () => {
      const controller = new AbortController();
      let connection = await current().connect();
      const seen: number[] = [];
      let snapshots = 0;
      const total = 3_000;
      const reading = (async () => {
        const messages = readStream({
          open: (input, options) => connection.client.changes.watch(input, options),
          acknowledge: (input) => connection.client.streams.acknowledge(input),
          signal: controller.signal,
          firstWaitMs: 5,
        });
        for await (const message of messages) {
          if (message.kind === 'snapshot') snapshots += 1;
          if (message.kind === 'delta') seen.push(Number((message.value as Delta).sentence));
          if (seen.length === total) controller.abort();
        }
      })();
      await expect.poll(() => snapshots, SOON).toBe(1);
      for (let sent = 0; sent < total; sent += 500) {
        emit(500, sent + 1);
        await expect.poll(() => seen.length, SOON).toBeGreaterThan(sent);
        if (sent === 1_000) {
          const broken = connection;
          connection = await current().connect();
          await broken.cut();
        }
      }
      await reading;
      expect(snapshots).toBe(1);
      expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
      await expect.poll(() => current().api.streams.size, SOON).toBe(0);
    });
  });
}

type Stream = AsyncIterator<Changes, unknown, void>;

async function open(
  client: ApiClient,
  stream: string,
  resumeAfter?: number,
  signal?: AbortSignal,
): Promise<Stream> {
  const input = resumeAfter === undefined ? { stream } : { stream, resumeAfter };
  return client.changes.watch(input, { ...(signal && { signal }) });
}

async function next(stream: Stream): Promise<Changes> {
  return value(await stream.next());
}

function value(result: IteratorResult<Changes, unknown>): Changes {
  if (result.done) throw new Error('the stream ended');
  return result.value;
}

/** What a message is, or `quiet` when none came in so many milliseconds. */
function within<T>(message: Promise<T>, milliseconds: number): Promise<T | 'quiet'> {
  return Promise.race([
    message,
    new Promise<'quiet'>((resolve) => setTimeout(resolve, milliseconds, 'quiet')),
  ]);
}

/** Bytes in use after a full collection. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
