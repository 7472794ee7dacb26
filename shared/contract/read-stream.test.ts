import { describe, expect, it } from 'vitest';
import { readStream } from './read-stream.ts';
import type { StreamInput, StreamMessage } from './stream.ts';

type Message = StreamMessage<string, string>;

const snapshot = (number: number): Message => ({ kind: 'snapshot', number, value: `s${number}` });
const delta = (number: number): Message => ({ kind: 'delta', number, value: `d${number}` });

/** Reads until so many messages came; each entry of `connections` is what one opening gives before it breaks. */
async function read(connections: (Message[] | Error)[], count: number) {
  const controller = new AbortController();
  const inputs: StreamInput[] = [];
  const acknowledged: number[] = [];
  const messages: Message[] = [];
  const left = [...connections];
  const reading = readStream<string, string>({
    async open(input) {
      inputs.push(input);
      const next = left.shift() ?? [];
      if (next instanceof Error) throw next;
      return next.values() as unknown as AsyncIterator<Message, unknown, unknown>;
    },
    async acknowledge({ number }) {
      acknowledged.push(number);
    },
    signal: controller.signal,
    firstWaitMs: 1,
  });
  for await (const message of reading) {
    messages.push(message);
    if (messages.length === count) controller.abort();
  }
  return { messages, inputs, acknowledged };
}

describe('reading a stream', () => {
  it('resumes after a break behind the last number, and never gives a number twice', async () => {
    const { messages, inputs } = await read(
      [[snapshot(5), delta(6), delta(7)], new Error('ECONNRESET'), [delta(7), delta(8)]],
      4,
    );
    expect(messages.map((message) => message.number)).toEqual([5, 6, 7, 8]);
    expect(inputs.map((input) => input.resumeAfter)).toEqual([undefined, 7, 7]);
    expect(new Set(inputs.map((input) => input.stream)).size).toBe(1);
  });

  it('asks again when a number is missing', async () => {
    const { messages, inputs } = await read(
      [
        [snapshot(1), delta(2), delta(4)],
        [delta(3), delta(4)],
      ],
      4,
    );
    expect(messages.map((message) => message.number)).toEqual([1, 2, 3, 4]);
    expect(inputs[1]?.resumeAfter).toBe(2);
  });

  it('passes on what was skipped and goes on from the snapshot', async () => {
    const skipped: Message = { kind: 'skipped', number: 40, count: 38 };
    const { messages, acknowledged } = await read(
      [[snapshot(1), delta(2), skipped, snapshot(40), delta(41)]],
      5,
    );
    expect(messages.map((message) => message.kind)).toEqual([
      'snapshot',
      'delta',
      'skipped',
      'snapshot',
      'delta',
    ]);
    expect(acknowledged).toContain(40);
  });

  it('acknowledges long before the window is full', async () => {
    const deltas = Array.from({ length: 1_000 }, (_, index) => delta(index + 2));
    const { acknowledged } = await read([[snapshot(1), ...deltas]], 1_001);
    const gaps = acknowledged.map((number, index) => number - (acknowledged[index - 1] ?? 1));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(100);
    expect(acknowledged.at(-1)).toBeGreaterThan(900);
  });

  it('gives up when trying again cannot help', async () => {
    const refused = Object.assign(new Error('no session'), { code: 'UNAUTHORIZED' });
    await expect(read([refused], 1)).rejects.toThrow('no session');
  });

  it('ends at once when it is told to while it waits', async () => {
    const controller = new AbortController();
    const reading = readStream<string, string>({
      open: () => Promise.reject(new Error('not there')),
      acknowledge: async () => undefined,
      signal: controller.signal,
      onBreak: () => controller.abort(),
      firstWaitMs: 60_000,
    });
    await expect(reading.next()).resolves.toEqual({ done: true, value: undefined });
  });
});
