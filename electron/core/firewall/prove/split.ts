import type { Outcome, Undecided } from './outcome.ts';
import { intersectRanks, PART, type RankSet, relation, subtractRanks } from './rank-set.ts';
import type { Region } from './region.ts';
import type { Case } from './step.ts';

/** Where a region is cut: packets whose field lies in `set`, and the others. */
export interface Split {
  readonly field: number;
  readonly set: RankSet;
  readonly inside: RankSet;
  readonly outside: RankSet;
}

/** Up to so many undecided cases the first of them is the cut; with more, half of them are on either side. */
const FEW = 12;
/** So many cases are looked at for a median. */
const SAMPLE = 400;

/** The parts of an undecided rule that can hold: of a set of pairs one for each element. */
function casesOf({ entry }: Undecided): readonly Case[] {
  return entry.steps.flatMap((step) => ('cases' in step ? step.cases : []));
}

/**
 * The rules that decide whether packets of a region leave: where a chain stops what no rule accepts, those that accept; where it lets pass
 * what no rule stops, those that stop.
 */
function decisive(outcome: Outcome): readonly Undecided[] {
  for (const effect of ['pass', 'stop'] as const)
    for (const chain of outcome.chains) {
      if (chain.passesByPolicy !== (effect === 'stop')) continue;
      const found = chain.undecided.filter((one) => one.effect === effect);
      if (found.length > 0) return found;
    }
  for (const chain of outcome.chains) if (chain.undecided.length > 0) return chain.undecided;
  return [];
}

function cut(region: Region, field: number, set: RankSet): Split {
  const box = region.box[field] as RankSet;
  return { field, set, inside: intersectRanks(box, set), outside: subtractRanks(box, set) };
}

/** The cut at a boundary that leaves the fewest cases on both sides, over the fields that they ask for. */
function median(region: Region, cases: readonly Case[]): Split | null {
  const stride = Math.max(1, Math.floor(cases.length / SAMPLE));
  const spans = new Map<number, [number, number][]>();
  for (let at = 0; at < cases.length; at += stride)
    for (const { field, set } of (cases[at] as Case).tests) {
      const box = region.box[field] as RankSet;
      const within = set.length <= 64 ? intersectRanks(set, box) : set;
      const low = Math.max(within[0] ?? 0, box[0] as number);
      const high = Math.min(within[within.length - 1] ?? 0, box[box.length - 1] as number);
      const list = spans.get(field) ?? [];
      list.push([low, high]);
      spans.set(field, list);
    }
  let best: { field: number; at: number; cost: number } | null = null;
  for (const [field, list] of spans) {
    const box = region.box[field] as RankSet;
    const first = box[0] as number;
    const last = box[box.length - 1] as number;
    const edges = list
      .flatMap(([low, high]) => [low, high + 1])
      .filter((edge) => edge > first && edge <= last)
      .sort((a, b) => a - b);
    const others = cases.length / stride - list.length;
    for (const share of [0.5, 0.25, 0.75]) {
      const at = edges[Math.floor(edges.length * share)];
      if (at === undefined) continue;
      let below = others;
      let above = others;
      for (const [low, high] of list) {
        if (low < at) below += 1;
        if (high >= at) above += 1;
      }
      const cost = Math.max(below, above) + 0.5 * (below + above);
      if (best === null || cost < best.cost) best = { field, at, cost };
    }
  }
  return best && cut(region, best.field, [0, best.at - 1]);
}

/** The first test of these that holds in part. */
function first(region: Region, cases: readonly Case[]): Split | null {
  for (const { tests } of cases)
    for (const { field, set } of tests)
      if (relation(region.box[field] as RankSet, set) === PART) return cut(region, field, set);
  return null;
}

/**
 * Where to cut a region whose outcome is not the same for all of its packets.
 * @returns null when no cut could tell more
 */
export function chooseSplit(region: Region, outcome: Outcome): Split | null {
  const cases = decisive(outcome).flatMap(casesOf);
  if (cases.length > FEW) {
    const found = median(region, cases);
    if (found && found.inside.length > 0 && found.outside.length > 0) return found;
  }
  return (
    first(region, cases) ?? first(region, outcome.chains.flatMap((chain) => chain.undecided).flatMap(casesOf))
  );
}
