import { afterEach, expect, it, vi } from 'vitest';
import type { ScriptHost } from '#core/hosts/host.ts';
import { hostError } from '#core/hosts/host.ts';
import { runTrip } from './trip.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A node that lets somebody in and then says nothing. */
const SILENT = {
  run: ({ signal }: { signal: AbortSignal }) =>
    new Promise((resolve) => {
      const error = hostError('cancelled', 'ended', '');
      signal.addEventListener('abort', () => resolve({ ok: false, error }));
    }),
} as unknown as ScriptHost;

it.each([
  [undefined, 15_000],
  [3, 45_000],
])(
  'waits for the hello of a node for as long as its slowness asks (patience %s: %s ms)',
  async (patience, ms) => {
    vi.useFakeTimers();
    let ended = false;
    const job = { script: ':', budgetMs: 1_000, maxBytes: 1_000 };
    const trip = runTrip(SILENT, [job], { sudo: false, patience, onJob: () => undefined }).then((result) => {
      ended = true;
      return result;
    });
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await trip).toMatchObject({ ok: false, error: { message: expect.stringContaining('let us in') } });
  },
);
