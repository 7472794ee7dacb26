import type { HookedChain } from '../hooks.ts';
import type { Entry } from './region.ts';
import { REGION_FIELDS } from './space.ts';
import { IN_DOUBT, override, type State, stateKey, through, type Ways } from './state.ts';
import type { Step } from './step.ts';

const OIFNAME = REGION_FIELDS.indexOf('oifname');
const DADDR = REGION_FIELDS.indexOf('daddr');

/** A state that packets of a region can be in, and in which ways. */
export interface Flow {
  readonly state: State;
  readonly ways: Ways;
}

/** A rule of which a test holds for a part of the region only. */
export interface Undecided {
  readonly entry: Entry;
  readonly effect: 'pass' | 'stop' | 'other';
}

/** What one base chain does to a region. */
export interface ChainOutcome {
  readonly undecided: Undecided[];
  /** Whether packets get to its end and its policy lets them go on. */
  passesByPolicy: boolean;
}

/** Everything that can become of the packets of a region. */
export interface Outcome {
  /** States in which packets get past all hooks. */
  readonly left: readonly Flow[];
  readonly rules: ReadonlySet<number>;
  /** Rules that translate a destination. */
  readonly translations: ReadonlySet<number>;
  /** Those that do not translate it to the home network, as text: where packets go then is not proven. */
  readonly sentOut: ReadonlySet<string>;
  /** Rules and policies besides that a reader who knows less of marks and connections cannot rule out. */
  readonly besides: { readonly rules: ReadonlySet<number>; readonly policies: ReadonlySet<HookedChain> };
  readonly policies: ReadonlySet<HookedChain>;
  /** Whether something that is not modelled might stop packets. */
  readonly mayStop: boolean;
  readonly chains: readonly ChainOutcome[];
  /** Rules and fields that are not modelled and were met. */
  readonly doubts: ReadonlySet<string>;
  /** More different states than are worth telling apart. */
  readonly overflow: boolean;
}

/** What a walk writes down on its way. */
export interface Notes {
  readonly rules: Set<number>;
  readonly translations: Set<number>;
  readonly sentOut: Set<string>;
  readonly besides: { readonly rules: Set<number>; readonly policies: Set<HookedChain> };
  readonly policies: Set<HookedChain>;
  mayStop: boolean;
  readonly chains: ChainOutcome[];
  /** The chain that the walk is in. */
  present: ChainOutcome;
  readonly doubts: Set<string>;
  overflow: boolean;
}

/** Notes of a walk that begins. */
export function noNotes(): Notes {
  return {
    rules: new Set(),
    translations: new Set(),
    sentOut: new Set(),
    besides: { rules: new Set(), policies: new Set() },
    policies: new Set(),
    mayStop: false,
    chains: [],
    present: { undecided: [], passesByPolicy: false },
    doubts: new Set(),
    overflow: false,
  };
}

const MAX_STATES = 48;

/** Adds a flow to those that came to the same place; equal states become one. */
export function gather(notes: Notes, to: Map<string, Flow>, flow: Flow): void {
  if (flow.ways === 0) return;
  const key = stateKey(flow.state);
  const before = to.get(key);
  to.set(key, before ? { state: before.state, ways: before.ways | flow.ways } : flow);
  if (to.size > MAX_STATES) notes.overflow = true;
}

/** Whether a statement can stop packets or translate their address. */
export function canEnd(step: Step): boolean {
  const stops = ({ kind }: { kind: string }) => kind === 'drop' || kind === 'reject';
  if (step.kind === 'verdict') return stops(step.verdict);
  return step.kind === 'nat' || (step.kind === 'verdictMap' && step.verdicts.some(stops));
}

/** After a new route or another destination the packet may leave by any interface; rules at the output hook still saw the old one. */
export function routedAnew(flow: Flow): Flow {
  const moved = flow.state.rerouted || flow.state.overrides.some((one) => one.field === DADDR);
  return moved ? { ...flow, state: override(flow.state, OIFNAME, null) } : flow;
}

/** What holds in every order is certain, all else depends on an order that a listing does not tell. */
export function eitherWay(orders: readonly (readonly Flow[])[]): readonly Flow[] {
  const [only] = orders;
  if (only && orders.length === 1) return only;
  const found = new Map<string, { state: State; any: Ways; all: Ways; seen: number }>();
  for (const flows of orders)
    for (const { state, ways } of flows) {
      const key = stateKey(state);
      const known = found.get(key) ?? { state, any: 0, all: 15, seen: 0 };
      found.set(key, { state, any: known.any | ways, all: known.all & ways, seen: known.seen + 1 });
    }
  return [...found.values()].map(({ state, any, all, seen }) => ({
    state,
    ways: through(any, IN_DOUBT) | (seen === orders.length ? all : 0),
  }));
}

/** Whether a rule left every packet in the state in which it came. */
export function sameStates(flows: readonly Flow[], onward: ReadonlyMap<string, Flow>): boolean {
  return flows.length === onward.size && flows.every((flow) => onward.has(stateKey(flow.state)));
}
