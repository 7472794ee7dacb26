import { expect, it, vi } from 'vitest';
import { capturedTerminal } from './testing/captured-terminal.ts';
import { watch } from './watch-command.ts';

const told = vi.hoisted(() => ({ messages: [] as unknown[] }));
// What a console tells is given here, so that no console has to be made too slow.
vi.mock('./open-console.ts', () => ({
  openConsole: async () => ({
    client: {
      nodes: { list: async () => [] },
      audit: {
        live: async () =>
          (async function* () {
            yield* told.messages;
          })(),
      },
      streams: { acknowledge: async () => undefined },
    },
    close: async () => undefined,
  }),
}));

const event = (number: number, raw = `line ${number}`) => ({
  number,
  at: '2026-11-23T05:00:00.000Z',
  node: 'miu',
  raw,
  message: raw,
});
const snapshot = (...numbers: number[]) => ({
  kind: 'snapshot',
  number: 1,
  value: { state: {}, events: numbers.map((number) => event(number)) },
});

async function watched(options: { query?: string; json: boolean }, ...messages: unknown[]) {
  told.messages = messages;
  const { terminal, written } = capturedTerminal();
  const place = { dataFolder: '/nowhere', version: '0.0.0-test' };
  expect(await watch(place, options, terminal, new AbortController().signal)).toBe(0);
  return written;
}

it('says how many lines it has not shown, and shows none twice', async () => {
  const messages = [snapshot(1, 2), { kind: 'skipped', number: 2, count: 9 }, snapshot(2, 90, 91)];
  const { out, error } = await watched({ json: false }, ...messages);
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1)),
  ).toEqual(['1', '2', '90', '91']);
  expect(error).toBe('');
  const { error: later } = await watched({ json: false }, snapshot(1, 2), messages[1], snapshot(90, 91));
  expect(later).toBe('… 87 more were not shown; they are in the records\n');
  const { error: some } = await watched(
    { query: 'a', json: false },
    snapshot(1, 2),
    messages[1],
    snapshot(90),
  );
  expect(some).toBe('… up to 87 more were not shown; they are in the records\n');
});

it('tells a program that reads events what it has not got, beside them', async () => {
  const { out, error } = await watched(
    { json: true },
    { kind: 'delta', number: 1, value: { kind: 'events', events: [event(1), event(2)] } },
    { kind: 'delta', number: 2, value: { kind: 'not-shown', count: 40, upTo: 42 } },
  );
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).number),
  ).toEqual([1, 2]);
  expect(error).toBe('… 40 more were not shown; they are in the records\n');
});

it('lets no character of a line move the cursor', async () => {
  const { out } = await watched(
    { json: false },
    { kind: 'delta', number: 1, value: { kind: 'events', events: [event(1, 'a\u001b[2J\u202eb\rc')] } },
  );
  for (const moving of ['\u001b', '\u202e', '\r']) expect(out).not.toContain(moving);
});

it('says where a query cannot be read', async () => {
  await expect(watched({ query: 'tool:"shell', json: false })).rejects.toThrow(
    /cannot be read, at character \d+/,
  );
});
