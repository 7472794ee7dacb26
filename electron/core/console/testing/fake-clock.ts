import type { Clock } from '../clock.ts';

/** A clock for tests: time passes when it is told to. */
export interface FakeClock extends Clock {
  /** Lets time pass, timer after timer, and lets the work that each sets going settle. */
  pass(ms: number): Promise<void>;
  /** Sets the clock, as a person, NTP or a machine that slept would; no timer fires for it. */
  jump(ms: number): void;
}

/** @param start instant, ISO 8601 */
export function fakeClock(start: string): FakeClock {
  let wall = Date.parse(start);
  /** Time since the start as a timer sees it: it never jumps. */
  let elapsed = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    now: () => new Date(wall),
    after(ms, callback) {
      const timer = { at: elapsed + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    jump(ms) {
      wall += ms;
    },
    async pass(ms) {
      const end = elapsed + ms;
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
        const at = next?.at ?? end;
        wall += at - elapsed;
        elapsed = at;
        if (!next) return;
        timers.delete(next);
        next.callback();
        await settle();
      }
    },
  };
}
