import type { Field } from '../fields.ts';
import { chainsAt, effectivePriority, type HookedChain } from '../hooks.ts';
import type { Chain, Hook, Ruleset, Statement, Table, Verdict } from '../model.ts';
import type { PathStep } from '../packet.ts';

/** One order in which the chains of a hook may run. */
export interface Order {
  /** Equal for equal orders of one rule set. */
  readonly key: string;
  readonly chains: readonly HookedChain[];
}

/** More orders than this are not tried one by one. */
const MOST_ORDERS = 24;

type Aspect = 'mark' | 'ctMark' | 'tracking' | 'address';

const LOOKS: Readonly<Partial<Record<Field, readonly Aspect[]>>> = {
  mark: ['mark'],
  ctMark: ['ctMark', 'tracking'],
  ctState: ['tracking'],
  ctDirection: ['tracking'],
  ctStatus: ['tracking', 'address'],
  saddr: ['address'],
  daddr: ['address'],
  sport: ['address'],
  dport: ['address'],
  fibDaddrType: ['address'],
  fibSaddrType: ['address'],
};

/** What rules look at and change. */
export interface Touch {
  readonly looks: Set<Aspect>;
  readonly changes: Set<Aspect>;
  readonly stops: Set<Verdict['kind']>;
  /** Something that is not modelled may do anything to a packet. */
  isUnknown: boolean;
}

function conditionsOf(statement: Statement) {
  if (statement.kind === 'match') return statement.alternatives.flat();
  return 'entries' in statement ? statement.entries.flatMap((entry) => entry.conditions) : [];
}

function addStatement(touch: Touch, statement: Statement): void {
  for (const { field } of conditionsOf(statement))
    for (const aspect of LOOKS[field] ?? []) touch.looks.add(aspect);
  if (statement.kind === 'setMark' || statement.kind === 'mapMark') touch.changes.add(statement.field);
  if (statement.kind === 'setMark' && statement.change.kind === 'copy')
    touch.looks.add(statement.change.from);
  if (statement.kind === 'notrack' || statement.kind === 'zone') touch.changes.add('tracking');
  if (statement.kind === 'nat') touch.changes.add('address');
  if (statement.kind === 'unmodelledVerdict') touch.isUnknown = true;
}

const touches = new WeakMap<Chain, Touch>();

/** What the rules of a chain, and of all chains that it leads to, look at and change. */
function touchOf(table: Table, start: Chain): Touch {
  const known = touches.get(start);
  if (known) return known;
  const touch: Touch = { looks: new Set(), changes: new Set(), stops: new Set(), isUnknown: false };
  const seen = new Set([start]);
  // A set grows while it is walked, so this ends when no chain is new.
  for (const chain of seen)
    for (const { statements } of chain.rules)
      for (const statement of statements) {
        addStatement(touch, statement);
        const verdicts =
          statement.kind === 'verdict'
            ? [statement.verdict]
            : statement.kind === 'verdictMap'
              ? statement.entries.map((entry) => entry.verdict)
              : [];
        for (const verdict of verdicts) {
          const target = 'chain' in verdict ? table.chains.get(verdict.chain) : undefined;
          if (target) seen.add(target);
          touch.stops.add(verdict.kind);
        }
      }
  touches.set(start, touch);
  return touch;
}

/** What the chains of a hook look at and change, each with all that it leads to. */
export function touchesAt(ruleset: Ruleset, hook: Hook, version: 4 | 6): readonly Touch[] {
  return chainsAt(ruleset, hook, version).map(({ table, chain }) => touchOf(table, chain));
}

/** Whether it makes a difference which of two chains of equal priority runs first. Two drops do not. */
function interfere(a: HookedChain, b: HookedChain): boolean {
  const one = touchOf(a.table, a.chain);
  const other = touchOf(b.table, b.chain);
  if (
    a.base.type === 'nat' &&
    b.base.type === 'nat' &&
    (one.changes.has('address') || other.changes.has('address'))
  )
    return true;
  if (one.isUnknown || other.isUnknown) return true;
  const disturbs = (first: Touch, second: Touch) =>
    [...first.changes].some((aspect) => second.looks.has(aspect) || second.changes.has(aspect));
  return disturbs(one, other) || disturbs(other, one);
}

/** Whether the kernel's order of two chains in one group is the order in which `chainsAt` gives them. */
function orderIsKnown(a: HookedChain, b: HookedChain): boolean {
  if (a.table === b.table) return true;
  return a.base.type === 'nat' && b.base.type === 'nat' && a.base.priority !== b.base.priority;
}

/** All orders of a group that keep what is known, or null when there are too many. */
function ordersOf(group: readonly HookedChain[]): readonly (readonly HookedChain[])[] | null {
  const open = group.some((a, index) =>
    group.slice(index + 1).some((b) => !orderIsKnown(a, b) && interfere(a, b)),
  );
  if (!open) return [group];
  if (group.length > 4) return null;
  const orders: HookedChain[][] = [];
  const place = (done: HookedChain[], rest: readonly HookedChain[]): void => {
    if (rest.length === 0) orders.push(done);
    for (const [index, chain] of rest.entries())
      if (!rest.slice(0, index).some((earlier) => orderIsKnown(earlier, chain)))
        place([...done, chain], [...rest.slice(0, index), ...rest.slice(index + 1)]);
  };
  place([], group);
  return orders;
}

/**
 * Whether a packet that was stopped may be stopped in the other manner (told to its sender, or not): a chain of another table and the same
 * priority does that too, and which of them runs first no listing tells.
 * @param last the step of its path that stopped it
 */
export function mannerIsOpen(ruleset: Ruleset, version: 4 | 6, { hook, table, outcome }: PathStep): boolean {
  const other = outcome === 'reject' ? 'drop' : 'reject';
  const chains = chainsAt(ruleset, hook as Hook, version);
  const nameOf = (one: HookedChain) => `${one.table.family} ${one.table.name}`;
  return chains.some(
    (here) =>
      nameOf(here) === table &&
      chains.some(
        (one) =>
          one.table !== here.table &&
          effectivePriority(one.base) === effectivePriority(here.base) &&
          (touchOf(one.table, one.chain).stops.has(other) ||
            (other === 'drop' && one.base.policy === 'drop')),
      ),
  );
}

const cache = new WeakMap<Ruleset, Map<string, readonly Order[] | null>>();

/**
 * Every order in which the chains of a hook may run. Base chains of equal priority run in the order in which they were
 * registered, the newest first, and a listing does not tell that of chains in different tables. Where it makes a difference
 * (one of them changes a mark, tracking or an address that the other looks at or changes) every order is given.
 * @returns null when there are more than 24
 */
export function hookOrders(ruleset: Ruleset, hook: Hook, version: 4 | 6): readonly Order[] | null {
  const byHook = cache.get(ruleset) ?? new Map<string, readonly Order[] | null>();
  cache.set(ruleset, byHook);
  const key = `${hook}${version}`;
  const known = byHook.get(key);
  if (known !== undefined) return known;
  const groups = Map.groupBy(chainsAt(ruleset, hook, version), ({ base }) => effectivePriority(base));
  let orders: (readonly HookedChain[])[] | null = [[]];
  for (const group of groups.values()) {
    const ways = ordersOf(group);
    orders =
      orders && ways && orders.length * ways.length <= MOST_ORDERS
        ? orders.flatMap((begun) => ways.map((way) => [...begun, ...way]))
        : null;
  }
  const named = orders?.map((chains, index) => ({ key: `${key}.${index}`, chains })) ?? null;
  byHook.set(key, named);
  return named;
}

const translating = new WeakMap<Ruleset, Map<4 | 6, boolean>>();

/** Whether a rule set translates addresses of this family at all: then every tracked packet meets NAT (nf_nat_register_fn). */
export function translates(ruleset: Ruleset, version: 4 | 6): boolean {
  const byVersion = translating.get(ruleset) ?? new Map<4 | 6, boolean>();
  translating.set(ruleset, byVersion);
  const known = byVersion.get(version);
  if (known !== undefined) return known;
  const answer = (['prerouting', 'input', 'output', 'postrouting'] as const).some((hook) =>
    chainsAt(ruleset, hook, version).some(({ base }) => base.type === 'nat'),
  );
  byVersion.set(version, answer);
  return answer;
}
