import type { HookedChain } from '../hooks.ts';
import { chooser } from './chooser.ts';
import type { Question } from './compile.ts';
import { canEnd, type Flow, gather, type Notes, sameStates } from './outcome.ts';
import type { Places } from './places.ts';
import { type Entry, entriesOf, type PlacedChain, type Region } from './region.ts';
import {
  compose,
  IN_DOUBT,
  IN_PART,
  inZone,
  type State,
  SURELY,
  stateKey,
  through,
  unknownState,
  type Ways,
  withChange,
  withMark,
  withoutTracking,
} from './state.ts';
import { leadsHome, translated } from './translated.ts';

/** NFT_JUMP_STACK_SIZE of nf_tables.h. */
const MAX_JUMPS = 16;

/** What came of packets in a chain. */
export interface Ended {
  /** Flows that come back to the caller. */
  readonly back: readonly Flow[];
  readonly accepted: readonly Flow[];
  readonly stops: boolean;
}

/**
 * Follows packets of one region through the rules of one chain and of all chains that it leads to.
 * @param notes takes the rules that stop or translate, and what cannot be told
 */
export function chainRunner(question: Question, { place }: Places, region: Region, notes: Notes) {
  const choose = chooser(region, notes.doubts);
  const seen = new Set<readonly Entry[]>();
  const add = (to: Map<string, Flow>, flow: Flow): void => gather(notes, to, flow);

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
          if (steps.some(canEnd)) notes.besides.rules.add(compiled.rule.id);
        if (at?.base.policy === 'drop' && !chain.place.nat) notes.besides.policies.add(at);
      }
    }

    const stop = (id: number): void => {
      notes.rules.add(id);
      stops = true;
    };

    function jump(entry: Entry, name: string, flow: Flow, onward: Map<string, Flow>, isGoto: boolean): void {
      const target = chain.table.chains.get(name);
      if (!target || depth >= MAX_JUMPS) {
        notes.doubts.add(entry.compiled.rule.text);
        notes.mayStop = true;
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
        else if (kind.kind === 'unsure') {
          notes.doubts.add(`a chain of type nat stops nothing for certain: ${text}`);
          notes.mayStop = true;
          add(accepted, { ...now, ways: through(ways, IN_DOUBT) });
        } else if (kind.kind === 'return') add(back, now);
        // The rule goes on behind this one (nf_tables_core.c, nft_do_chain).
        else if (kind.kind === 'continue') go(flow.state, ways);
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
          go(withChange(flow.state, step.field, step.change), flow.ways);
          return;
        case 'mapMark': {
          const { hits, miss } = choose(step.cases, flow);
          for (const [one, ways] of hits)
            go(withMark(flow.state, step.field, step.values[one.entry] ?? null), ways);
          add(onward, { state: flow.state, ways: miss });
          return;
        }
        case 'setRoute':
          go({ ...flow.state, rerouted: true }, flow.ways);
          return;
        case 'notrack':
          go(chain.place.early ? withoutTracking(flow.state) : flow.state, flow.ways);
          return;
        case 'zone': {
          if (chain.place.early) {
            go(inZone(flow.state), flow.ways);
            return;
          }
          notes.doubts.add(text);
          notes.mayStop = true;
          const state = inZone(unknownState({ ...flow.state, untracked: null }));
          const ways = through(flow.ways, IN_DOUBT);
          add(accepted, { state, ways });
          go(state, ways);
          return;
        }
        case 'nat': {
          const { hits, miss } = choose(step.cases, flow);
          for (const [one, ways] of hits) {
            const state = translated(question, flow.state, step, one, chain.place.hook, id);
            if (step.type === 'dnat' || step.type === 'redirect') {
              notes.translations.add(id);
              if (question.space.direction === 'out' && !leadsHome(question, state)) notes.sentOut.add(text);
            }
            add(accepted, { state, ways });
          }
          add(onward, { state: flow.state, ways: miss });
          return;
        }
        case 'may':
          go(flow.state, flow.ways);
          add(onward, flow);
          return;
        case 'doubt':
          notes.doubts.add(text);
          go(flow.state, through(flow.ways, IN_DOUBT));
          add(onward, { ...flow, ways: through(flow.ways, IN_DOUBT) });
          return;
        case 'doubtVerdict':
          notes.doubts.add(text);
          notes.mayStop = true;
          add(accepted, { state: unknownState(flow.state), ways: through(flow.ways, IN_DOUBT) });
          go(unknownState(flow.state), through(flow.ways, IN_DOUBT));
          return;
      }
    }

    for (const entry of entries) {
      if (flows.length === 0 || notes.overflow) break;
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
        notes.present.undecided.push({ entry, effect: entry.plain === 'stop' ? 'stop' : 'pass' });
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
        notes.present.undecided.push({ entry, effect });
      flows = [...onward.values()];
    }
    for (const flow of flows) add(back, flow);
    return { back: [...back.values()], accepted: [...accepted.values()], stops };
  }

  return { run, choose };
}
