import { hookOrders } from '../evaluate/order.ts';
import { CONNTRACK_PRIORITY, effectivePriority, type HookedChain } from '../hooks.ts';
import type { Chain, Hook, Ruleset, Table } from '../model.ts';
import { chooser } from './chooser.ts';
import { type Case, type Compiler, compiler, type Place, type Question, type Step } from './compile.ts';
import {
  type ChainOutcome,
  canEnd,
  eitherWay,
  type Flow,
  type Outcome,
  routedAnew,
  sameStates,
} from './outcome.ts';
import { type Entry, entriesOf, type PlacedChain, type Region, refineCases } from './region.ts';
import { REGION_FIELDS } from './space.ts';
import {
  compose,
  FIRST,
  IN_DOUBT,
  IN_PART,
  override,
  type State,
  SURELY,
  stateKey,
  through,
  type Ways,
  withMark,
} from './state.ts';

const MAX_STATES = 48;
/** NFT_JUMP_STACK_SIZE of nf_tables.h. */
const MAX_JUMPS = 16;
const OIFNAME = REGION_FIELDS.indexOf('oifname');
const DADDR = REGION_FIELDS.indexOf('daddr');
const DPORT = REGION_FIELDS.indexOf('dport');
const SADDR = REGION_FIELDS.indexOf('saddr');
const SPORT = REGION_FIELDS.indexOf('sport');

interface Ended {
  /** Flows that come back to the caller. */
  readonly back: readonly Flow[];
  readonly accepted: readonly Flow[];
  readonly stops: boolean;
}

const HOOKS: Readonly<Record<'out' | 'in', readonly Hook[]>> = {
  out: ['output', 'postrouting', 'egress'],
  in: ['ingress', 'prerouting', 'input'],
};
/** The way of a packet that came in and was sent on to another machine or container. */
const ONWARD: readonly Hook[] = ['forward', 'postrouting', 'egress'];

/** Follows the packets of a region through all hooks. Made once per question, for the chains it has compiled. */
export function walker(ruleset: Ruleset, question: Question) {
  const placed = new Map<string, Map<Chain, PlacedChain>>();
  const compilers = new Map<string, Compiler>();
  const { space, ranks } = question;

  function compilerAt(place: Place): [string, Compiler] {
    const key = `${place.hook} ${place.early} ${place.untracked}`;
    const known = compilers.get(key) ?? compiler(question, place);
    compilers.set(key, known);
    return [key, known];
  }

  function place(table: Table, chain: Chain, at: Place): PlacedChain {
    const [key, compile] = compilerAt(at);
    const chains = placed.get(key) ?? new Map<Chain, PlacedChain>();
    placed.set(key, chains);
    let known = chains.get(chain);
    if (!known) {
      const rules = chain.rules.map((rule) => compile.rule(rule)).filter((rule) => rule !== null);
      known = { table, chain, place: at, rules };
      chains.set(chain, known);
    }
    return known;
  }

  return function walk(region: Region): Outcome {
    const rules = new Set<number>();
    const translations = new Set<number>();
    const besides = { rules: new Set<number>(), policies: new Set<HookedChain>() };
    const seen = new Set<readonly Entry[]>();
    const policies = new Set<HookedChain>();
    const doubts = new Set<string>();
    const chains: ChainOutcome[] = [];
    let mayStop = false;
    let overflow = false;
    let present: ChainOutcome = { undecided: [], passesByPolicy: false };

    const choose = chooser(region, doubts);

    function add(to: Map<string, Flow>, flow: Flow): void {
      if (flow.ways === 0) return;
      const key = stateKey(flow.state);
      const before = to.get(key);
      to.set(key, before ? { state: before.state, ways: before.ways | flow.ways } : flow);
      if (to.size > MAX_STATES) overflow = true;
    }

    function translated(
      state: State,
      step: Step & { kind: 'nat' },
      one: Case,
      hook: Hook,
      id: number,
    ): State {
      const target = step.targets[one.entry] ?? { address: null, port: null };
      let next: State = { ...state, translatedAt: hook };
      if (step.type === 'snat' || step.type === 'masquerade')
        return override(override(next, SADDR, null), SPORT, null);
      translations.add(id);
      next = { ...next, translatedBy: [...next.translatedBy, id] };
      const self = space.version === 4 ? 0x7f000001n : 1n;
      const address =
        step.type === 'redirect' && space.direction === 'out' ? ([self, self] as const) : target.address;
      if (address) {
        next = override(next, DADDR, ranks.numbers(DADDR, [address]));
        if (space.direction === 'in') next = override(next, OIFNAME, null);
      }
      return target.port ? override(next, DPORT, ranks.numbers(DPORT, [target.port])) : next;
    }

    const inside = new Map<PlacedChain, Map<string, Ended>>();

    /** The result of a chain for a state that every packet has; remembered, for thousands of rules may jump to one chain. */
    function called(chain: PlacedChain, state: State, depth: number): Ended {
      const states = inside.get(chain) ?? new Map<string, Ended>();
      inside.set(chain, states);
      const key = stateKey(state);
      let known = states.get(key);
      if (!known) {
        known = run(chain, { state, ways: SURELY }, depth);
        states.set(key, known);
      }
      return known;
    }

    function run(chain: PlacedChain, start: Flow, depth: number, at: HookedChain | null = null): Ended {
      const accepted = new Map<string, Flow>();
      const back = new Map<string, Flow>();
      let stops = false;
      let flows: Flow[] = [start];
      const translatedBefore = start.state.overrides.length > 0;
      const entries: readonly Entry[] = translatedBefore
        ? chain.rules.map((compiled) => ({ compiled, steps: compiled.steps, plain: null }))
        : entriesOf(region, chain);

      if (!seen.has(entries)) {
        seen.add(entries);
        // Where all rules only compare, those that stop are known exactly.
        if (entries.some((entry) => entry.plain === null)) {
          for (const { compiled, steps } of entries)
            if (steps.some(canEnd)) besides.rules.add(compiled.rule.id);
          if (at?.base.policy === 'drop') besides.policies.add(at);
        }
      }

      const stop = (id: number): void => {
        rules.add(id);
        stops = true;
      };

      function jump(
        entry: Entry,
        name: string,
        flow: Flow,
        onward: Map<string, Flow>,
        isGoto: boolean,
      ): void {
        const target = chain.table.chains.get(name);
        if (!target || depth >= MAX_JUMPS) {
          doubts.add(entry.compiled.rule.text);
          mayStop = true;
          add(accepted, { ...flow, ways: through(flow.ways, IN_DOUBT) });
          return;
        }
        const ended = called(place(chain.table, target, chain.place), flow.state, depth + 1);
        if (ended.stops) stops = true;
        for (const one of ended.accepted) add(accepted, { ...one, ways: compose(flow.ways, one.ways) });
        for (const one of ended.back)
          add(isGoto ? back : onward, { ...one, ways: compose(flow.ways, one.ways) });
      }

      /** Runs the statements of one rule from `index` on; what does not end in the rule goes to `onward`. */
      function steps(entry: Entry, index: number, flow: Flow, onward: Map<string, Flow>): void {
        const step = entry.steps[index];
        if (flow.ways === 0) return;
        if (step === undefined) {
          add(onward, flow);
          return;
        }
        const { id, text } = entry.compiled.rule;
        const go = (state: State, ways: Ways) => steps(entry, index + 1, { state, ways }, onward);
        const verdict = (kind: { kind: string; chain?: string }, ways: Ways): void => {
          const now = { state: flow.state, ways };
          if (kind.kind === 'accept') add(accepted, now);
          else if (kind.kind === 'drop' || kind.kind === 'reject') stop(id);
          else if (kind.kind === 'return') add(back, now);
          else if (kind.kind === 'continue') add(onward, now);
          else jump(entry, kind.chain ?? '', now, onward, kind.kind === 'goto');
        };
        switch (step.kind) {
          case 'match': {
            const { hits, miss } = choose(step.cases, flow);
            const hit = hits.reduce((ways, [, one]) => ways | one, 0);
            go(flow.state, step.negated ? miss : hit);
            add(onward, { state: flow.state, ways: step.negated ? hit : miss });
            return;
          }
          case 'verdict':
            verdict(step.verdict, flow.ways);
            return;
          case 'verdictMap': {
            const { hits, miss } = choose(step.cases, flow);
            for (const [one, ways] of hits) verdict(step.verdicts[one.entry] ?? { kind: 'continue' }, ways);
            add(onward, { state: flow.state, ways: miss });
            return;
          }
          case 'setMark':
            go(withMark(flow.state, step.field, step.change), flow.ways);
            return;
          case 'mapMark': {
            const { hits, miss } = choose(step.cases, flow);
            for (const [one, ways] of hits)
              go({ ...flow.state, [step.field]: step.values[one.entry] ?? null }, ways);
            add(onward, { state: flow.state, ways: miss });
            return;
          }
          case 'notrack':
            go(chain.place.early ? { ...flow.state, untracked: true } : flow.state, flow.ways);
            return;
          case 'nat': {
            const { hits, miss } = choose(step.cases, flow);
            for (const [one, ways] of hits)
              add(accepted, { state: translated(flow.state, step, one, chain.place.hook, id), ways });
            add(onward, { state: flow.state, ways: miss });
            return;
          }
          case 'may':
            go(flow.state, flow.ways);
            add(onward, flow);
            return;
          case 'doubt':
            doubts.add(text);
            go(flow.state, through(flow.ways, IN_DOUBT));
            add(onward, { ...flow, ways: through(flow.ways, IN_DOUBT) });
            return;
          case 'doubtVerdict':
            doubts.add(text);
            mayStop = true;
            add(accepted, { ...flow, ways: through(flow.ways, IN_DOUBT) });
            go(flow.state, through(flow.ways, IN_DOUBT));
            return;
        }
      }

      for (const entry of entries) {
        if (flows.length === 0 || overflow) break;
        if (entry.plain !== null) {
          const sure = entry.steps.length === 1;
          if (entry.plain === 'stop') stop(entry.compiled.rule.id);
          else
            for (const flow of flows)
              add(accepted, sure ? flow : { ...flow, ways: through(flow.ways, IN_PART) });
          if (sure) {
            flows = [];
            break;
          }
          present.undecided.push({ entry, effect: entry.plain === 'stop' ? 'stop' : 'pass' });
          // One test in part is enough to know that not every packet comes to the next rule; it says nothing that splitting could not.
          flows = flows.map((flow) => ({ ...flow, ways: through(flow.ways, IN_PART) }));
          continue;
        }
        const onward = new Map<string, Flow>();
        const acceptedBefore = accepted.size;
        const stopsBefore: boolean = stops;
        stops = false;
        for (const flow of flows) steps(entry, 0, flow, onward);
        const effect = stops && accepted.size === acceptedBefore ? 'stop' : stops ? 'other' : 'pass';
        const unchanged = !stops && accepted.size === acceptedBefore && sameStates(flows, onward);
        stops ||= stopsBefore;
        if (unchanged) continue;
        if (entry.steps.some((step) => 'cases' in step && step.cases.some((one) => one.tests.length > 0)))
          present.undecided.push({ entry, effect });
        flows = [...onward.values()];
      }
      for (const flow of flows) add(back, flow);
      return { back: [...back.values()], accepted: [...accepted.values()], stops };
    }

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
          present.undecided.push({
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
      const early = priority < CONNTRACK_PRIORITY;
      const here: Place = { hook, early, untracked: !early && state.untracked };
      const [, compile] = compilerAt(here);
      const guard =
        at.base.type === 'nat'
          ? state.translatedAt === hook
            ? null
            : compile.tracked()
          : compile.devices(at.chain);
      if (guard === null) {
        add(next, flow);
        return;
      }
      if (priority === CONNTRACK_PRIORITY && (hook === 'output' || hook === 'prerouting')) {
        // Before or behind connection tracking: that depends on which was set up first.
        doubts.add(ORDER);
        flow = { ...flow, ways: through(flow.ways, IN_DOUBT) };
        mayStop = true;
        add(next, flow);
      }
      const concern = concerned(guard, flow);
      if (concern.past !== 0) add(next, { state, ways: concern.past });
      if (concern.seen === 0) return;
      const ended = run(place(at.table, at.chain, here), { state, ways: concern.seen }, 0, at);
      const reroute = at.base.type === 'route' && hook === 'output';
      const done = (one: Flow) =>
        add(
          next,
          reroute && one.state.mark !== state.mark
            ? { ...one, state: { ...one.state, rerouted: true } }
            : one,
        );
      for (const one of ended.accepted) done(one);
      if (ended.back.length === 0) return;
      if (at.base.policy === 'drop') {
        policies.add(at);
        return;
      }
      present.passesByPolicy = true;
      for (const one of ended.back) done(one);
    }

    /** Flows that got through the chains of a hook in one of the orders in which they may run. */
    function inOrder(hook: Hook, order: readonly HookedChain[], start: readonly Flow[]): readonly Flow[] {
      let flows = start;
      for (const at of order) {
        const next = new Map<string, Flow>();
        present = { undecided: [], passesByPolicy: false };
        for (const flow of flows) if (!overflow) base(at, hook, flow, next);
        chains.push(present);
        flows = [...next.values()];
      }
      return flows;
    }

    function throughHooks(hooks: readonly Hook[], start: readonly Flow[]): readonly Flow[] {
      let flows = start;
      for (const hook of hooks) {
        const orders = hookOrders(ruleset, hook, space.version);
        if (orders === null) doubts.add(ORDER);
        if (orders === null) {
          mayStop = true;
          flows = flows.map((flow) => ({ ...flow, ways: through(flow.ways, IN_DOUBT) }));
        } else {
          if (orders.length > 1) doubts.add(ORDER);
          const start = flows;
          flows = eitherWay(orders.map(({ chains }) => inOrder(hook, chains, start)));
        }
        if (hook === 'output') flows = flows.map(routedAnew);
      }
      return flows;
    }

    const first = throughHooks(space.direction === 'out' ? HOOKS.out : HOOKS.in.slice(0, 2), [
      { state: FIRST, ways: SURELY },
    ]);
    let left = first;
    if (space.direction === 'in') {
      const onward = first.filter((flow) => flow.state.overrides.some((one) => one.field === DADDR));
      const here = first.filter((flow) => !onward.includes(flow));
      left = [
        ...(here.length > 0 ? throughHooks(['input'], here) : []),
        ...(onward.length > 0 ? throughHooks(ONWARD, onward) : []),
      ];
    }
    return { left, rules, translations, besides, policies, mayStop, chains, doubts, overflow };
  };
}

const ORDER = 'the order of chains of equal priority';
const NO_RULE = { id: -1, text: '', handle: null, statements: [] };
