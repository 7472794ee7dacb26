import { COPY_AHEAD, companionEffects } from '../evaluate/companions.ts';
import type { Hook, Ruleset } from '../model.ts';
import type { Question } from './compile.ts';
import { addressesOfMany } from './derived.ts';
import { type Flow, gather, type Notes } from './outcome.ts';
import { type Region, refineCases } from './region.ts';
import { REGION_FIELDS } from './space.ts';
import { override, type State } from './state.ts';
import type { Case, Step } from './step.ts';

const DADDR = REGION_FIELDS.indexOf('daddr');
const SADDR = REGION_FIELDS.indexOf('saddr');
const SPORT = REGION_FIELDS.indexOf('sport');
const NO_RULE = { id: -1, text: '', handle: null, statements: [] };

type Choose = (cases: readonly Case[], flow: Flow) => { hits: readonly [Case, number][]; miss: number };

/**
 * What is left of what is known when packets come to a hook where another packet may have been before them that shares their connection
 * (evaluate/companions.ts): of those to many, and of those that are sent on, not the mark of the connection, nor the source where rules
 * translate it.
 * @returns what makes the flows at a hook those behind it; null where no rule lets a companion do anything
 */
export function besideCompanion(
  ruleset: Ruleset,
  { space, host, ranks }: Question,
):
  | ((hook: Hook, flows: readonly Flow[], region: Region, choose: Choose, notes: Notes) => readonly Flow[])
  | null {
  const { direction, version } = space;
  const companion = direction === 'out' ? 'copy' : 'redirect';
  const { ctMark, source } = companionEffects(ruleset, version, companion);
  if (!(ctMark || source)) return null;

  function shared(state: State): State {
    const marked = ctMark ? { ...state, ctMark: null, ctMarkShared: true } : state;
    return source ? override(override(marked, SADDR, null), SPORT, null) : marked;
  }

  // By which interface a packet is sent on that rules translated is not known, so each may be followed by a redirect.
  if (companion === 'redirect')
    return (hook, flows) =>
      version === 4 && hook === 'forward'
        ? flows.map((flow) => ({ ...flow, state: shared(flow.state) }))
        : flows;

  const set = ranks.numbers(DADDR, addressesOfMany(host, version));
  const toMany: Case = { tests: [{ field: DADDR, set }], marks: [], doubt: null, entry: 0 };
  return function atHook(hook, flows, region, choose, notes) {
    if (hook !== COPY_AHEAD[version]) return flows;
    const next = new Map<string, Flow>();
    for (const flow of flows) {
      const cases = flow.state.overrides.length > 0 ? [toMany] : refineCases([toMany], region.box, -1);
      const { hits, miss } = choose(cases, flow);
      for (const [, ways] of hits) gather(notes, next, { state: shared(flow.state), ways });
      gather(notes, next, { state: flow.state, ways: miss });
      if (hits.length === 0 || miss === 0) continue;
      const step: Step = { kind: 'match', cases, negated: false };
      const entry = { compiled: { rule: NO_RULE, steps: [] }, steps: [step], plain: null };
      notes.chains.push({ undecided: [{ entry, effect: 'other' }], passesByPolicy: false });
    }
    return [...next.values()];
  };
}
