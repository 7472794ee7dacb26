import type { Proof } from './proof.ts';

/**
 * Who stops the packets of a proof, in words: `ip filter OUTPUT: -A OUTPUT -j DROP`, and the policies; in the order in which they are named.
 * @param most lines before the rest is only counted
 */
export function provenBy({ stops, regions }: Proof, most: number): string[] {
  const named = new Set(regions.flatMap((region) => ('split' in region ? [] : region.stoppedBy)));
  const lines = [...named].flatMap((at) => {
    const stop = stops[at];
    if (stop === undefined) return [];
    return [`${stop.table} ${stop.chain}: ${stop.rule === null ? 'policy drop' : (stop.text ?? '')}`];
  });
  const rest = lines.length - most;
  return rest > 0 ? [...lines.slice(0, most), `and ${rest} more rules`] : lines;
}
