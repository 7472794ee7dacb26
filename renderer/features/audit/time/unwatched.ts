import type { SourceGap } from '#shared/domain/audit/source.ts';
import type { Stretch } from './span.ts';

/**
 * The times in which nobody watched, as far as they lie in what is shown: gaps of several sources are one when they touch.
 * @returns oldest first, within `shown`
 */
export function unwatchedTimes(gaps: readonly SourceGap[], shown: Stretch): Stretch[] {
  const times = gaps
    .filter(({ kind }) => kind === 'not-watched')
    .map(({ from, to }) => ({
      from: Math.max(shown.from, Date.parse(from)),
      to: Math.min(shown.to, Date.parse(to)),
    }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const joined: Stretch[] = [];
  for (const time of times) {
    const last = joined.at(-1);
    if (last !== undefined && time.from <= last.to) last.to = Math.max(last.to, time.to);
    else joined.push({ ...time });
  }
  return joined;
}
