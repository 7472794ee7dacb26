/** Widths of the histogram that are offered. */
export const SPANS = [
  { id: '15m', words: '15 min', ms: 15 * 60_000 },
  { id: '1h', words: '1 h', ms: 3_600_000 },
  { id: '24h', words: '24 h', ms: 86_400_000 },
  { id: '7d', words: '7 d', ms: 7 * 86_400_000 },
] as const;
export type SpanId = (typeof SPANS)[number]['id'];

/** Bars of one histogram. */
export const BARS = 120;

/** A stretch of time in milliseconds since 1970; `to` is not in it. */
export interface Stretch {
  from: number;
  to: number;
}

/**
 * The time that the histogram shows. Its edges lie on whole bars, so that bars do not change while time goes on.
 * @param now milliseconds
 */
export function stretchOf(span: SpanId, now: number): Stretch & { bar: number } {
  const ms = SPANS.find(({ id }) => id === span)?.ms ?? 3_600_000;
  const bar = ms / BARS;
  const to = (Math.floor(now / bar) + 1) * bar;
  return { from: to - ms, to, bar };
}

/**
 * A stretch that a person drew, moved to whole bars and into what is shown.
 * @returns null when nothing of it is left
 */
export function snapped(drawn: Stretch, shown: Stretch & { bar: number }): Stretch | null {
  const { bar } = shown;
  const from = Math.max(shown.from, shown.from + Math.round((drawn.from - shown.from) / bar) * bar);
  const to = Math.min(shown.to, shown.from + Math.round((drawn.to - shown.from) / bar) * bar);
  return to > from ? { from, to } : null;
}
