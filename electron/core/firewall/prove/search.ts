import { isSubset, union } from '../interval.ts';
import type { Question } from './compile.ts';
import { homeAddresses } from './derived.ts';
import type { Flow, Outcome } from './outcome.ts';
import { intersectRanks, subtractRanks } from './rank-set.ts';
import { childRegion, type Region } from './region.ts';
import { ownAddresses, REGION_FIELDS } from './space.ts';
import { chooseSplit, type Split } from './split.ts';
import type { Ways } from './state.ts';

/** One step of the way through all regions, in the order of a walk that visits `inside` before `outside`. */
export type TreeNode =
  | { readonly kind: 'split'; readonly split: Split }
  | { readonly kind: 'region'; readonly region: Region; readonly outcome: Outcome; readonly end: RegionEnd };

/** What becomes of the packets of a region. `redirected`: stopped, or sent to this host or its home network instead. */
export type RegionEnd = 'stopped' | 'redirected' | 'open' | 'unknown';

export interface Search {
  readonly nodes: readonly TreeNode[];
  /** The first region of which every packet leaves. The search ends there. */
  readonly open: Region | null;
  readonly unknown: readonly { readonly region: Region; readonly doubts: readonly string[] }[];
  /** Whether it ended before all regions were looked at, for want of budget. */
  readonly exhausted: boolean;
  readonly regions: number;
}

/** Limits of one search. */
export interface Budget {
  /** Regions to look at. */
  regions: number;
  /** A moment of `performance.now()`. */
  until: number;
}

const DADDR = REGION_FIELDS.indexOf('daddr');
/** Once something is unknown the answer will hardly be a proof: so many regions more are looked at for an open one. */
const REGIONS_AFTER_UNKNOWN = 2_000;
/** So many cuts are made only to tell which packets are redirected. */
const REGIONS_FOR_REDIRECTED = 500;

/** Tells flows that leave from those that address translation sends to the host itself or its home network. */
export function leaving(question: Question, left: readonly Flow[]): { leave: Ways; redirected: Ways } {
  const { space, host, ranks } = question;
  let leave = 0;
  let redirected = 0;
  for (const { state, ways } of left) {
    const target = state.overrides.find((one) => one.field === DADDR)?.set;
    const home =
      space.direction === 'out' &&
      target != null &&
      isSubset(
        ranks.values(DADDR, target),
        union(homeAddresses(space.version), ownAddresses(host, space.version)),
      );
    if (home) redirected |= ways;
    else leave |= ways;
  }
  return { leave, redirected };
}

function judge(question: Question, outcome: Outcome): RegionEnd | 'split' {
  if (outcome.overflow) return 'split';
  const { leave, redirected } = leaving(question, outcome.left);
  if (leave === 0 && outcome.sentOut.size > 0) return 'unknown';
  const stops = outcome.mayStop || outcome.rules.size > 0 || outcome.policies.size > 0;
  if (leave === 0) return redirected === 0 ? 'stopped' : redirected & 1 || !stops ? 'redirected' : 'split';
  if (leave & 1 || (!stops && redirected === 0)) return 'open';
  return 'split';
}

const CONNECTION_FIELD = REGION_FIELDS.indexOf('connection');

/** New connections apart from those that other accounts have opened; null when a region holds only one kind. */
function byConnection({ box }: Region): Split | null {
  const set = [0, 0];
  const [inside, outside] = [
    intersectRanks(box[CONNECTION_FIELD] ?? [], set),
    subtractRanks(box[CONNECTION_FIELD] ?? [], set),
  ];
  return inside.length === 0 || outside.length === 0
    ? null
    : { field: CONNECTION_FIELD, set, inside, outside };
}

/**
 * Cuts a region until each part is stopped, open or unknown, and ends at the first open part.
 * @param walk what becomes of the packets of a region
 * @param asksForConnections whether rules ask for connections: then new ones are looked at first, and those of other accounts by themselves
 */
export function search(
  question: Question,
  walk: (region: Region) => Outcome,
  start: Region,
  budget: Budget,
  asksForConnections: boolean,
): Search {
  const nodes: TreeNode[] = [];
  const unknown: { region: Region; doubts: readonly string[] }[] = [];
  const waiting = [start];
  let regions = 0;
  let limit = budget.regions;
  let forRedirected = REGIONS_FOR_REDIRECTED;
  const result = (open: Region | null, exhausted: boolean): Search => ({
    nodes,
    open,
    unknown,
    exhausted,
    regions,
  });
  for (let region = waiting.pop(); region !== undefined; region = waiting.pop()) {
    regions += 1;
    if (regions > limit || performance.now() > budget.until) return result(null, true);
    const halves = asksForConnections ? byConnection(region) : null;
    if (halves !== null) {
      nodes.push({ kind: 'split', split: halves });
      waiting.push(
        childRegion(region, halves.field, halves.outside),
        childRegion(region, halves.field, halves.inside),
      );
      continue;
    }
    const outcome = walk(region);
    let end = judge(question, outcome);
    let split: Split | null = null;
    if (end === 'split') {
      const passes = !outcome.overflow && leaving(question, outcome.left).leave === 0;
      if (passes) forRedirected -= 1;
      split = passes && forRedirected < 0 ? null : chooseSplit(region, outcome);
      if (split === null) end = passes ? 'redirected' : 'unknown';
    }
    if (split !== null) {
      nodes.push({ kind: 'split', split });
      waiting.push(
        childRegion(region, split.field, split.outside),
        childRegion(region, split.field, split.inside),
      );
      continue;
    }
    nodes.push({ kind: 'region', region, outcome, end: end as RegionEnd });
    if (end === 'open') return result(region, false);
    if (end === 'unknown') {
      if (unknown.length === 0) limit = Math.min(limit, regions + REGIONS_AFTER_UNKNOWN);
      const doubts = [
        ...outcome.doubts,
        ...[...outcome.sentOut].map((text) => `address translation may send packets out: ${text}`),
        ...(outcome.overflow ? ['more different marks than can be followed'] : []),
      ];
      if (unknown.length < 100) unknown.push({ region, doubts });
    }
  }
  return result(null, false);
}
