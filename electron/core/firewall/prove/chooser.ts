import type { Flow } from './outcome.ts';
import { ALL, NONE, type RankSet, relation } from './rank-set.ts';
import type { Region } from './region.ts';
import { REGION_FIELDS } from './space.ts';
import { IN_DOUBT, IN_PART, markHolds, type State, through, type Ways } from './state.ts';
import type { Case } from './step.ts';

/** Ways in which cases hold, each by itself, and in which none does. */
export interface Choice {
  readonly hits: [Case, Ways][];
  readonly miss: Ways;
}

/**
 * Looks cases up for packets of a region. Tests of an untouched packet were looked at when the region was made, so that those that are
 * left hold in part; of a packet that rules changed they are looked at here.
 * @param doubts takes what cannot be told
 */
export function chooser(region: Region, doubts: Set<string>): (cases: readonly Case[], flow: Flow) => Choice {
  /** @returns flags of the way on, or -1 when the case does not hold */
  function holds(one: Case, state: State): number {
    let flags = one.doubt === null ? 0 : IN_DOUBT;
    if (state.overrides.length === 0) flags |= one.tests.length > 0 ? IN_PART : 0;
    else
      for (const test of one.tests) {
        const changed = state.overrides.find((other) => other.field === test.field);
        const set = changed ? changed.set : (region.box[test.field] as RankSet);
        const how = set === null ? -1 : relation(set, test.set);
        if (how === NONE) return -1;
        if (how !== ALL) flags |= changed ? IN_DOUBT : IN_PART;
        if (how !== ALL && changed)
          doubts.add(`${REGION_FIELDS[test.field]} after address translation or a new route`);
      }
    for (const test of one.marks) {
      const answer = markHolds(test, state);
      if (answer === false) return -1;
      if (answer === null) {
        flags |= IN_DOUBT;
        doubts.add(`the value of ${test.field}`);
      }
    }
    if (one.doubt !== null) doubts.add(one.doubt);
    return flags;
  }

  return function choose(cases: readonly Case[], flow: Flow): Choice {
    const hits: [Case, Ways][] = [];
    let missing = 0;
    for (const one of cases) {
      const flags = holds(one, flow.state);
      if (flags < 0) continue;
      hits.push([one, through(flow.ways, flags | missing)]);
      if (flags === 0) return { hits, miss: 0 };
      missing |= flags;
    }
    return { hits, miss: through(flow.ways, missing) };
  };
}
