import type { Hook, MarkChange } from '../model.ts';
import type { RankSet } from './rank-set.ts';
import { REGION_FIELDS } from './space.ts';
import type { MarkTest } from './step.ts';

const DADDR = REGION_FIELDS.indexOf('daddr');

/** A value that address translation or a new route gave a field: some of these, or not known. */
export type Override = { readonly field: number; readonly set: RankSet | null };

/** What rules left on the packet so far. Null: not known. */
export interface State {
  readonly mark: bigint | null;
  readonly ctMark: bigint | null;
  /** Another packet may change the mark of the connection at any moment: it is not known, whatever rules set. */
  readonly ctMarkShared: boolean;
  /** Null: not known. */
  readonly untracked: boolean | null;
  /** A rule gave it a zone before its connection was looked for. */
  readonly zoned: boolean;
  /** In a connection that another account has opened. */
  readonly ofAnother: boolean;
  /** The hook at which an address translation was set up last. */
  readonly translatedAt: Hook | null;
  /** Ids of the rules that translated its destination. */
  readonly translatedBy: readonly number[];
  readonly overrides: readonly Override[];
  /** A changed mark had its way looked up again. */
  readonly rerouted: boolean;
}

export const FIRST: State = {
  mark: 0n,
  ctMark: 0n,
  ctMarkShared: false,
  untracked: false,
  zoned: false,
  ofAnother: false,
  translatedAt: null,
  translatedBy: [],
  overrides: [],
  rerouted: false,
};

/** In a connection that another account has opened: whatever rules made of that is not known. */
export const OF_ANOTHER: State = { ...FIRST, ctMark: null, ctMarkShared: true, ofAnother: true };

/** Equal for equal states, of packets of one region. */
export function stateKey(state: State): string {
  if (state === FIRST) return '';
  const overrides = state.overrides.map(({ field, set }) => `${field}:${set?.join() ?? '?'}`).join(';');
  return `${state.mark}|${state.ctMark}|${state.ctMarkShared}|${state.untracked}|${state.zoned}|${state.translatedAt}|${state.translatedBy}|${state.rerouted}|${overrides}`;
}

/** Whether the packet is tracked is not known, nor what it is part of. */
export function unknownTracking(state: State): State {
  return { ...state, zoned: true, untracked: null, ctMark: null, ctMarkShared: true };
}

/** The state of a packet that a rule gives a zone: before its connection is looked for it has none that is known. */
export function inZone(state: State): State {
  const isCertain = state.untracked === false && !state.ofAnother;
  return isCertain ? { ...state, zoned: true } : unknownTracking(state);
}

/** The state of a packet that a rule takes from connection tracking: too late behind a zone. */
export function withoutTracking(state: State): State {
  return state.zoned ? state : { ...state, untracked: true };
}

/** A state with one more override. */
export function override(state: State, field: number, set: RankSet | null): State {
  return {
    ...state,
    overrides: [...state.overrides.filter((one) => one.field !== field), { field, set }],
  };
}

/** Fields that stay what they were whatever a rule does: who sends, and what the packet came in by. */
const KEPT: readonly string[] = ['skuid', 'skgid', 'iifname', 'oifname'];

/** What is left of a state behind a rule that nobody knows: it may have changed marks, addresses, ports, all but the sender. */
export function unknownState(state: State): State {
  return {
    ...state,
    mark: null,
    ctMark: null,
    rerouted: true,
    overrides: REGION_FIELDS.flatMap((name, field) => (KEPT.includes(name) ? [] : [{ field, set: null }])),
  };
}

/** A state with a mark that is known, or not. */
export function withMark(state: State, field: 'mark' | 'ctMark', mark: bigint | null): State {
  return { ...state, [field]: field === 'ctMark' && state.ctMarkShared ? null : mark };
}

/** A state with a changed mark. */
export function withChange(state: State, field: 'mark' | 'ctMark', change: MarkChange): State {
  return withMark(state, field, changed(state, field, change));
}

function changed(state: State, field: 'mark' | 'ctMark', change: MarkChange): bigint | null {
  const kept = change.keep === 0n ? 0n : state[field];
  if (change.kind === 'value') return kept === null ? null : (kept & change.keep) ^ change.value;
  const other = state[change.from];
  return kept === null || other === null ? null : (kept & change.keep) ^ (other & change.take);
}

/** Bits of `ct status` that are known here: seen-reply, assured, destination translated (IPS_* of nf_conntrack_common.h). */
const KNOWN_STATUS = 0x2n | 0x4n | 0x20n;

/** @returns null when it cannot be told */
export function markHolds(test: MarkTest, state: State): boolean | null {
  let value: bigint | null;
  if (test.field === 'ctState') value = state.zoned ? null : state.untracked ? 64n : 1n;
  else if (test.field === 'ctStatus') {
    if (
      state.ofAnother ||
      state.untracked === null ||
      state.overrides.some(({ field, set }) => field === DADDR && set === null) ||
      test.mask === null ||
      (test.mask & ~KNOWN_STATUS) !== 0n
    )
      return null;
    value = state.translatedBy.length > 0 ? 0x20n : 0n;
  } else value = state[test.field];
  if (value === null) return null;
  const seen = test.mask === null ? value : value & test.mask;
  return test.intervals.some(([low, high]) => low <= seen && seen <= high);
}

/**
 * In which ways something can be reached in a region, as bits: 1 by every packet of it, 2 by some (a test holds in part), 4 depending on
 * something that is not modelled, 8 on both.
 */
export type Ways = number;
export const SURELY: Ways = 1;

/** Flags of one way. */
export const IN_PART = 1;
export const IN_DOUBT = 2;

/** Ways that go on through something that holds in part, in doubt, or both. */
export function through(ways: Ways, flags: number): Ways {
  let result = ways;
  if (flags & IN_PART) result = ((result & 0b0101) << 1) | (result & 0b1010);
  if (flags & IN_DOUBT) result = ((result & 0b0011) << 2) | (result & 0b1100);
  return result;
}

/** Ways through one thing and then another. */
export function compose(first: Ways, second: Ways): Ways {
  let result = 0;
  for (let flags = 0; flags < 4; flags += 1) if (second & (1 << flags)) result |= through(first, flags);
  return result;
}
