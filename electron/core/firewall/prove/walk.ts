import { tracksConnections } from '../evaluate/connections.ts';
import { hookOrders, translates } from '../evaluate/order.ts';
import { CONNTRACK_PRIORITY, effectivePriority, type HookedChain } from '../hooks.ts';
import { intersects, isSubset } from '../interval.ts';
import type { Hook, Ruleset } from '../model.ts';
import { besideCompanion } from './beside-companion.ts';
import type { Place, Question } from './compile.ts';
import { eitherWay, type Flow, gather, noNotes, type Outcome, routedAnew } from './outcome.ts';
import { placesOf } from './places.ts';
import { ALL, type RankSet, relation } from './rank-set.ts';
import { type Region, refineCases } from './region.ts';
import { chainRunner } from './run-chain.ts';
import { ownAddresses, REGION_FIELDS } from './space.ts';
import {
  FIRST,
  IN_DOUBT,
  OF_ANOTHER,
  override,
  SURELY,
  through,
  unknownTracking,
  type Ways,
} from './state.ts';
import type { Step } from './step.ts';

const DADDR = REGION_FIELDS.indexOf('daddr');
const SADDR = REGION_FIELDS.indexOf('saddr');
const SPORT = REGION_FIELDS.indexOf('sport');
const CONNECTION_FIELD = REGION_FIELDS.indexOf('connection');
/** The rank of connections that other accounts have opened: the second of two values. */
const SECOND: RankSet = [1, 1];

const HOOKS: Readonly<Record<'out' | 'in', readonly Hook[]>> = {
  out: ['output', 'postrouting', 'egress'],
  in: ['ingress', 'prerouting', 'input'],
};
/** The way of a packet that came in and was sent on to another machine or container. */
const ONWARD: readonly Hook[] = ['forward', 'postrouting', 'egress'];

/** Follows the packets of a region through all hooks. Made once per question, for the chains it has compiled. */
export function walker(ruleset: Ruleset, question: Question) {
  const { space } = question;
  const places = placesOf(question);
  const tracks = tracksConnections(ruleset, space.version);
  const hasTranslation = translates(ruleset, space.version);
  const besides = besideCompanion(ruleset, question);

  return function walk(region: Region): Outcome {
    const notes = noNotes();
    const { run, choose } = chainRunner(question, places, region, notes);
    const add = (to: Map<string, Flow>, flow: Flow): void => gather(notes, to, flow);

    /** Splits flows by whether a base chain concerns them at all. */
    function concerned(guard: readonly Step[], flow: Flow): { seen: Ways; past: Ways } {
      let seen = flow.ways;
      let past = 0;
      for (const step of guard) {
        if (!('cases' in step)) continue;
        const cases = flow.state.overrides.length > 0 ? step.cases : refineCases(step.cases, region.box, -1);
        const { hits, miss } = choose(cases, { state: flow.state, ways: seen });
        past |= miss;
        seen = hits.reduce((ways, [, one]) => ways | one, 0);
        if (miss !== 0 && seen !== 0)
          notes.present.undecided.push({
            entry: {
              compiled: { rule: NO_RULE, steps: [] },
              steps: [{ ...step, cases } as Step],
              plain: null,
            },
            effect: 'other',
          });
      }
      return { seen, past };
    }

    function base(at: HookedChain, hook: Hook, flow: Flow, next: Map<string, Flow>): void {
      const { state } = flow;
      const priority = effectivePriority(at.base);
      const early =
        hook === 'ingress' || ((hook === 'output' || hook === 'prerouting') && priority < CONNTRACK_PRIORITY);
      const nat = at.base.type === 'nat';
      const here: Place = { hook, early, untracked: early ? false : state.untracked, nat };
      const compile = places.compilerAt(here);
      const skips = nat && (state.translatedAt === hook || tracks === false);
      const guard = skips ? null : nat ? compile.tracked() : compile.devices(at.chain);
      if (guard === null) {
        add(next, flow);
        return;
      }
      if (priority === CONNTRACK_PRIORITY && (hook === 'output' || hook === 'prerouting')) {
        // Before or behind connection tracking: that depends on which was set up first, and with it what the rules see and change.
        notes.doubts.add(ORDER);
        notes.mayStop = true;
        const after = { ...unknownTracking(state), mark: null, rerouted: true };
        add(next, { state: after, ways: through(flow.ways, IN_DOUBT) });
        return;
      }
      if (nat && tracks === null) {
        notes.doubts.add(TRACKING);
        flow = { ...flow, ways: through(flow.ways, IN_DOUBT) };
        notes.mayStop = true;
        add(next, flow);
      }
      const concern = concerned(guard, flow);
      if (concern.past !== 0) add(next, { state, ways: concern.past });
      if (concern.seen === 0) return;
      const ended = run(places.place(at.table, at.chain, here), { state, ways: concern.seen }, 0, at);
      const reroute = at.base.type === 'route' && hook === 'output';
      const done = (one: Flow) =>
        add(
          next,
          reroute && (one.state.mark === null || one.state.mark !== state.mark)
            ? { ...one, state: { ...one.state, rerouted: true } }
            : one,
        );
      for (const one of ended.accepted) done(one);
      if (ended.back.length === 0) return;
      if (at.base.policy === 'accept') {
        notes.present.passesByPolicy = true;
        for (const one of ended.back) done(one);
      } else if (nat) {
        notes.doubts.add(`a chain of type nat stops nothing for certain: the policy of ${at.chain.name}`);
        notes.mayStop = true;
        for (const one of ended.back) done({ ...one, ways: through(one.ways, IN_DOUBT) });
      } else notes.policies.add(at);
    }

    /** Flows that got through the chains of a hook in one of the orders in which they may run. */
    function inOrder(hook: Hook, order: readonly HookedChain[], start: readonly Flow[]): readonly Flow[] {
      let flows = start;
      for (const at of order) {
        const next = new Map<string, Flow>();
        notes.present = { undecided: [], passesByPolicy: false };
        for (const flow of flows) if (!notes.overflow) base(at, hook, flow, next);
        notes.chains.push(notes.present);
        flows = [...next.values()];
      }
      return flows;
    }

    function throughHooks(hooks: readonly Hook[], start: readonly Flow[]): readonly Flow[] {
      let flows = start;
      for (const hook of hooks) {
        if (besides) flows = besides(hook, flows, region, choose, notes);
        const orders = hookOrders(ruleset, hook, space.version);
        if (orders === null) notes.doubts.add(ORDER);
        if (orders === null) {
          notes.mayStop = true;
          flows = flows.map((flow) => ({ ...flow, ways: through(flow.ways, IN_DOUBT) }));
        } else {
          if (orders.length > 1) notes.doubts.add(ORDER);
          const start = flows;
          flows = eitherWay(orders.map(({ chains }) => inOrder(hook, chains, start)));
        }
        if (hook === 'output') flows = flows.map(routedAnew);
        if (hook === 'output' && hasTranslation) flows = flows.map(beforeSource);
      }
      return flows;
    }

    const first = throughHooks(space.direction === 'out' ? HOOKS.out : HOOKS.in.slice(0, 2), [
      { state: isOfAnother(region) ? OF_ANOTHER : FIRST, ways: SURELY },
    ]);
    let left = first;
    if (space.direction === 'in') {
      // Redirected to the host itself a packet has an address of its own, or one that is not known.
      const own = ownAddresses(question.host, space.version);
      const targetOf = ({ state }: Flow) => state.overrides.find((one) => one.field === DADDR)?.set ?? null;
      const valuesOf = (flow: Flow) => {
        const target = targetOf(flow);
        return target === null ? null : question.ranks.values(DADDR, target);
      };
      const onward = first.filter((flow) => {
        const values = valuesOf(flow);
        return values !== null && !isSubset(values, own);
      });
      const here = first.filter((flow) => {
        const values = valuesOf(flow);
        return values === null || intersects(values, own);
      });
      left = [
        ...(here.length > 0 ? throughHooks(['input'], here) : []),
        ...(onward.length > 0 ? throughHooks(ONWARD, onward) : []),
      ];
    }
    return { ...notes, left };
  };
}

/** Whether all packets of a region are in connections that other accounts have opened. */
function isOfAnother({ box }: Region): boolean {
  return relation(box[CONNECTION_FIELD] as RankSet, SECOND) === ALL;
}

/** The source of a connection that another account has opened may be translated, as rules behind see it. */
function beforeSource(flow: Flow): Flow {
  const { state } = flow;
  return state.ofAnother ? { ...flow, state: override(override(state, SADDR, null), SPORT, null) } : flow;
}

const ORDER = 'the order of chains of equal priority';
const TRACKING = 'whether a rule that is not modelled makes the kernel track connections';
const NO_RULE = { id: -1, text: '', handle: null, statements: [] };
