import { describe, expect, it } from 'vitest';
import { LATENESS_MS, SourceClocks } from './source-clocks.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 12);

describe('the time at which a line counts', () => {
  it('is what it says, as long as lines of its file are in order or little late', () => {
    const clocks = new SourceClocks();
    const claimed = [0, 60_000, 60_000 - LATENESS_MS, 61_000].map((after) => NOW - 10 * HOUR + after);
    expect(claimed.map((at) => clocks.timeOf('a', at, NOW))).toEqual(claimed);
  });

  it('is never later than it was received', () => {
    expect(new SourceClocks().timeOf('a', NOW + HOUR, NOW)).toBe(NOW);
  });

  it('is that of the file when it claims to be of long before', () => {
    const clocks = new SourceClocks();
    clocks.timeOf('a', NOW, NOW);
    const claimed = [1, 3, 5, 7].map((hours) => NOW - hours * HOUR);
    expect(claimed.map((at, index) => clocks.timeOf('a', at, NOW + index * 1_000))).toEqual(
      [0, 1_000, 2_000, 3_000].map((after) => NOW + after),
    );
    // In what is read later too, where no time passes between lines.
    clocks.timeOf('b', NOW - 9 * HOUR, NOW);
    expect(clocks.timeOf('b', NOW - 30 * HOUR, NOW)).toBe(NOW - 9 * HOUR);
  });

  it('of one file says nothing of another one, and begins anew when lines come again', () => {
    const clocks = new SourceClocks();
    clocks.timeOf('a', NOW, NOW);
    expect(clocks.timeOf('b', NOW - HOUR, NOW)).toBe(NOW - HOUR);
    clocks.forget();
    expect(clocks.timeOf('a', NOW - HOUR, NOW)).toBe(NOW - HOUR);
  });

  it('goes on at its pace when the clock of a node is set back', () => {
    const clocks = new SourceClocks();
    clocks.timeOf('a', NOW, NOW);
    const seen = [0, 10, 20, 30].map((minutes) =>
      clocks.timeOf('a', NOW - HOUR + minutes * 60_000, NOW + minutes * 60_000),
    );
    expect(seen).toEqual([0, 10, 20, 30].map((minutes) => NOW + minutes * 60_000));
  });
});
