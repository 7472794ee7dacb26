import type { Chain, Table } from '../model.ts';
import type { Place } from './compile.ts';
import { ALL, NONE, type RankSet, relation } from './rank-set.ts';
import type { Case, CompiledRule, Step } from './step.ts';

/** A chain as it is read at one place. */
export interface PlacedChain {
  readonly table: Table;
  readonly chain: Chain;
  readonly place: Place;
  readonly rules: readonly CompiledRule[];
}

/** What of a rule is still open in a region: tests that hold for all of it are gone, so every test that is left holds in part. */
export interface Entry {
  readonly compiled: CompiledRule;
  readonly steps: readonly Step[];
  /** The verdict of a rule that only compares and then accepts or stops; null for all others. */
  readonly plain: 'accept' | 'stop' | null;
}

/**
 * A box of packets, one set of ranks for each field, with the rules that can still match there. A child differs from its parent in one
 * field, so only tests of that field are looked at again: thousands of rules shrink to a few while the boxes get smaller (the
 * thought of HiCuts: Gupta and McKeown, "Classifying Packets with Hierarchical Intelligent Cuttings", 2000).
 */
export interface Region {
  readonly box: readonly RankSet[];
  readonly parent: Region | null;
  /** The field in which it differs from its parent; -1 at the root. */
  readonly field: number;
  readonly lists: Map<PlacedChain, readonly Entry[]>;
}

/** The region of a whole question. */
export function rootRegion(box: readonly RankSet[]): Region {
  return { box, parent: null, field: -1, lists: new Map() };
}

/** A region with another set of one field. */
export function childRegion(parent: Region, field: number, set: RankSet): Region {
  const box = [...parent.box];
  box[field] = set;
  return { box, parent, field, lists: new Map() };
}

function refineCase(one: Case, box: readonly RankSet[], field: number): Case | null {
  let held = 0;
  for (const test of one.tests) {
    if (field >= 0 && test.field !== field) continue;
    const how = relation(box[test.field] as RankSet, test.set);
    if (how === NONE) return null;
    if (how === ALL) held += 1;
  }
  if (held === 0) return one;
  const tests = one.tests.filter(
    (test) => (field >= 0 && test.field !== field) || relation(box[test.field] as RankSet, test.set) !== ALL,
  );
  return { ...one, tests };
}

/** Whether a case holds for all of the region, whatever rules did before. */
export function isTrue(one: Case): boolean {
  return one.tests.length === 0 && one.marks.length === 0 && one.doubt === null;
}

/** The cases that can hold in a box; the same array when nothing changed. Behind one that always holds nothing counts. */
export function refineCases(cases: readonly Case[], box: readonly RankSet[], field: number): readonly Case[] {
  let changed: Case[] | null = null;
  for (const [index, one] of cases.entries()) {
    const refined = refineCase(one, box, field);
    if (changed === null && refined !== one) changed = cases.slice(0, index);
    if (refined !== null) changed?.push(refined);
    if (refined !== null && isTrue(refined)) return changed ?? cases.slice(0, index + 1);
  }
  return changed ?? cases;
}

const isEffect = (step: Step): boolean =>
  step.kind !== 'match' && step.kind !== 'may' && step.kind !== 'doubt';

function plainOf(steps: readonly Step[]): Entry['plain'] {
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'match') {
      if (step.cases.some((one) => one.marks.length > 0 || one.doubt !== null)) return null;
    } else if (step.kind === 'verdict' && index === steps.length - 1) {
      const { kind } = step.verdict;
      return kind === 'accept' ? 'accept' : kind === 'drop' || kind === 'reject' ? 'stop' : null;
    } else return null;
  }
  return null;
}

function refineSteps(steps: readonly Step[], box: readonly RankSet[], field: number): readonly Step[] | null {
  let changed: Step[] | null = null;
  for (const [index, step] of steps.entries()) {
    if (!('cases' in step)) {
      changed?.push(step);
      continue;
    }
    const cases = refineCases(step.cases, box, field);
    if (cases === step.cases) {
      changed?.push(step);
      continue;
    }
    changed ??= steps.slice(0, index);
    const always = cases.some(isTrue);
    if (step.kind === 'match') {
      if (step.negated ? always : cases.length === 0) return changed.some(isEffect) ? changed : null;
      if (step.negated ? cases.length === 0 : always) continue;
    } else if (cases.length === 0) return changed.some(isEffect) ? changed : null;
    changed.push({ ...step, cases });
  }
  return changed ?? steps;
}

/** Whether nothing gets past a rule. */
function endsChain({ steps: [first] }: Entry): boolean {
  return first?.kind === 'verdict' && first.verdict.kind !== 'jump';
}

function refineList(entries: readonly Entry[], box: readonly RankSet[], field: number): readonly Entry[] {
  const kept: Entry[] = [];
  for (const entry of entries) {
    const steps = refineSteps(entry.steps, box, field);
    if (steps === null) continue;
    const refined = steps === entry.steps ? entry : { ...entry, steps, plain: plainOf(steps) };
    kept.push(refined);
    if (endsChain(refined)) break;
  }
  return kept;
}

/** The rules of a chain that can do something to packets of a region. */
export function entriesOf(region: Region, chain: PlacedChain): readonly Entry[] {
  const known = region.lists.get(chain);
  if (known) return known;
  const from = region.parent
    ? entriesOf(region.parent, chain)
    : chain.rules.map((compiled) => ({ compiled, steps: compiled.steps, plain: plainOf(compiled.steps) }));
  const list = refineList(from, region.box, region.field);
  region.lists.set(chain, list);
  return list;
}
