import { domain, type NumberField } from '../fields.ts';
import { type Interval, type IntervalSet, normalize } from '../interval.ts';

/**
 * The values whose masked bits lie in `intervals` where the mask keeps leading bits only (a prefix).
 * @returns null for other masks: such a set can have too many parts
 */
export function unmask(
  field: NumberField,
  version: 4 | 6,
  mask: bigint | null,
  intervals: IntervalSet,
): IntervalSet | null {
  const top = domain(field, version)[0]?.[1] ?? 0n;
  const within = (set: IntervalSet): IntervalSet =>
    set.flatMap(([low, high]) => (low > top ? [] : [[low, high < top ? high : top] as const]));
  if (mask === null || (mask & top) === top) return within(intervals);
  const free = top & ~mask;
  if ((free & (free + 1n)) === 0n)
    return normalize(
      intervals.flatMap(([low, high]): Interval[] => {
        const from = ((low + free) / (free + 1n)) * (free + 1n);
        const to = (high < top ? high : top) | free;
        return from <= to ? [[from, to]] : [];
      }),
    );
  return null;
}
