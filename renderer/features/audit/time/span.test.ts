import { describe, expect, it } from 'vitest';
import { BARS, snapped, stretchOf } from './span.ts';

const NOW = Date.UTC(2026, 10, 21, 22, 41, 30);

describe('the time of the histogram', () => {
  it('ends with the bar that is being filled, and keeps its edges while time goes on', () => {
    const shown = stretchOf('1h', NOW);
    expect(shown.bar * BARS).toBe(3_600_000);
    expect(shown.to).toBeGreaterThan(NOW);
    expect(stretchOf('1h', NOW + 20_000)).toEqual(shown);
    expect(stretchOf('1h', NOW + 31_000).from).toBe(shown.from + shown.bar);
  });

  it('moves what was drawn to whole bars, and never outside', () => {
    const shown = stretchOf('1h', NOW);
    expect(snapped({ from: shown.from - 5_000, to: shown.from + 44_000 }, shown)).toEqual({
      from: shown.from,
      to: shown.from + shown.bar,
    });
    expect(snapped({ from: shown.from + 1, to: shown.from + 2 }, shown)).toBeNull();
    expect(snapped({ from: shown.to + 1, to: shown.to + 90_000 }, shown)).toBeNull();
  });
});
