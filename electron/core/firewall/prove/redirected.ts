import type { IntervalSet } from '../interval.ts';
import type { Question } from './compile.ts';
import type { TreeNode } from './search.ts';
import { REGION_FIELDS, type RegionNumberField } from './space.ts';

/** Packets that a rule sends to this host or its home network instead of where they were meant to go: a relay may carry them on. */
export interface Redirection {
  /** Ids of the rules that translate the address. */
  readonly rules: readonly number[];
  readonly l4proto: IntervalSet;
  /** Where they were meant to go. */
  readonly daddr: IntervalSet;
  readonly dport: IntervalSet;
  /** Where they go; null keeps what they had. */
  readonly toAddress: IntervalSet | null;
  readonly toPort: IntervalSet | null;
}

const index = (field: RegionNumberField): number => REGION_FIELDS.indexOf(field);
const MOST = 1_000;

/** The redirected packets of a search, at most 1,000 parts of them. */
export function redirections({ ranks }: Question, nodes: readonly TreeNode[]): Redirection[] {
  const found: Redirection[] = [];
  for (const node of nodes) {
    if (node.kind !== 'region' || node.end !== 'redirected') continue;
    const { box } = node.region;
    for (const { state } of node.outcome.left) {
      const target = (field: RegionNumberField) => {
        const set = state.overrides.find((one) => one.field === index(field))?.set;
        return set ? ranks.values(index(field), set) : null;
      };
      if (found.length < MOST)
        found.push({
          rules: state.translatedBy,
          l4proto: ranks.values(index('l4proto'), box[index('l4proto')] ?? []),
          daddr: ranks.values(index('daddr'), box[index('daddr')] ?? []),
          dport: ranks.values(index('dport'), box[index('dport')] ?? []),
          toAddress: target('daddr'),
          toPort: target('dport'),
        });
    }
  }
  return found;
}
