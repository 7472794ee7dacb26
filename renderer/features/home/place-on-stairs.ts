import type { Standing } from '#shared/contract/findings.ts';
import type { Level } from '#shared/domain/level.ts';

/** What stands on one step. */
export interface Step {
  /** Nodes that are drawn, those with most to do first. */
  shown: readonly Standing[];
  /** How many more there are. */
  more: number;
  /** Earliest end of a risk that was accepted on this step; ISO 8601. */
  acceptedUntil: string | null;
}

/** Nodes by step, and those that stand on none. */
export interface Placement {
  steps: Partial<Record<Level, Step>>;
  /** The lowest step with a node on it; null when there is none. */
  weakest: Level | null;
  beside: readonly Standing[];
}

/** A step with one node more than this still shows them all. */
const SHOWN = 4;

/**
 * Put every node on its step.
 * @param standings in any order, any number
 */
export function placeOnStairs(standings: readonly Standing[]): Placement {
  const steps: Partial<Record<Level, Step>> = {};
  let weakest: Level | null = null;
  const byLevel = Map.groupBy(standings, (standing) => standing.level);
  for (const [level, nodes] of byLevel) {
    if (level === null) continue;
    if (weakest === null || level < weakest) weakest = level;
    const sorted = nodes.toSorted(mostToDoFirst);
    const shown = sorted.length <= SHOWN + 1 ? sorted : sorted.slice(0, SHOWN);
    const ends = nodes.flatMap((node) => (node.acceptedUntil ? [node.acceptedUntil] : [])).sort();
    steps[level] = { shown, more: sorted.length - shown.length, acceptedUntil: ends[0] ?? null };
  }
  return { steps, weakest, beside: byLevel.get(null) ?? [] };
}

function mostToDoFirst(one: Standing, other: Standing): number {
  return (
    Number(one.away) - Number(other.away) ||
    other.counts.fix - one.counts.fix ||
    other.counts.review - one.counts.review ||
    other.counts.unknown - one.counts.unknown ||
    one.nodeName.localeCompare(other.nodeName)
  );
}
