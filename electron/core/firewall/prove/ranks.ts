import { CONNECTION, domain, QUESTION_FIELDS } from '../fields.ts';
import type { HostContext } from '../host.ts';
import { contains, type IntervalSet, single } from '../interval.ts';
import type { Condition, Ruleset, Statement } from '../model.ts';
import { addressTypes, CONNTRACK_CLASSES } from './derived.ts';
import { ICMP, PORTS } from './guards.ts';
import { type RankSet, uniteRanks } from './rank-set.ts';
import { allowed, REGION_FIELDS, type RegionNumberField, type Space } from './space.ts';
import { unmask } from './unmask.ts';

/**
 * The values of every field cut at each boundary that rules or the question mention: two values of one piece are the same to every
 * rule. A piece is known by its rank. Interface names have one piece per name, one per prefix of a wildcard and one for any other name.
 */
export interface Ranks {
  /** @param field index in REGION_FIELDS; every bound of `set` was a boundary */
  numbers(field: number, set: IntervalSet): RankSet;
  names(patterns: readonly string[]): RankSet;
  everything(field: number): RankSet;
  /** The rank of one value. */
  rankOf(field: number, value: bigint): number;
  /** Ranks as values again. */
  values(field: number, set: RankSet): IntervalSet;
  /** Names that stand for the pieces; a name of a wildcard or of "any other" ends in SOME. */
  readonly nameOf: readonly string[];
}

/** Ends the name that stands for all names of a wildcard which no rule tells apart: no interface has a space in its name. */
export const SOME = ' …';

/** Whether a name fits `eth0` or `eth*`. */
export function fitsPattern(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function conditionsOf(statement: Statement): readonly (readonly Condition[])[] {
  if (statement.kind === 'match') return statement.alternatives;
  if ('entries' in statement) return statement.entries.map((entry) => entry.conditions);
  return [];
}

/** Whether no packet of this IP version comes past a statement. */
export function excludesVersion(statement: Statement, version: 4 | 6): boolean {
  if (statement.kind !== 'match') return false;
  const holds = statement.alternatives.some((conditions) =>
    conditions.every(
      ({ field, values }) =>
        field !== 'nfproto' || values.kind !== 'numbers' || contains(values.intervals, BigInt(version)),
    ),
  );
  const plain = statement.alternatives.every((conditions) =>
    conditions.every(({ field }) => field === 'nfproto'),
  );
  return statement.negated ? plain && holds : !holds;
}

interface Boundaries {
  readonly numbers: ReadonlyMap<RegionNumberField, Set<bigint>>;
  readonly patterns: Set<string>;
}

function isRegionNumber(field: string): field is RegionNumberField {
  return (QUESTION_FIELDS as readonly string[]).includes(field);
}

function addSet(into: Set<bigint>, set: IntervalSet): void {
  for (const [low, high] of set) {
    into.add(low);
    into.add(high + 1n);
  }
}

function addStatement(to: Boundaries, statement: Statement, version: 4 | 6): void {
  for (const conditions of conditionsOf(statement))
    for (const { field, values } of conditions) {
      if (values.kind === 'names') for (const pattern of values.patterns) to.patterns.add(pattern);
      else if (isRegionNumber(field)) {
        const set = unmask(field, version, values.mask, values.intervals);
        if (set !== null) addSet(to.numbers.get(field) as Set<bigint>, set);
      }
    }
  if (statement.kind !== 'nat') return;
  for (const { target } of statement.entries) {
    if (target.address) addSet(to.numbers.get('daddr') as Set<bigint>, [target.address]);
    if (target.port) addSet(to.numbers.get('dport') as Set<bigint>, [target.port]);
  }
}

function collect(ruleset: Ruleset, host: HostContext, space: Space): Boundaries {
  const { version } = space;
  const numbers = new Map(QUESTION_FIELDS.map((field) => [field, new Set([0n])] as const));
  const patterns = new Set(space.exceptInterfaces);
  const boundaries = { numbers, patterns };
  for (const one of host.interfaces ?? []) patterns.add(one.name);
  for (const field of QUESTION_FIELDS) addSet(numbers.get(field) as Set<bigint>, allowed(space, field));
  addSet(numbers.get('connection') as Set<bigint>, single(CONNECTION.new));
  for (const set of [PORTS, ICMP, [[6n, 6n]] as const]) addSet(numbers.get('l4proto') as Set<bigint>, set);
  for (const one of CONNTRACK_CLASSES[version]) {
    addSet(numbers.get('l4proto') as Set<bigint>, one.l4proto);
    if (one.icmpType) addSet(numbers.get('icmpType') as Set<bigint>, one.icmpType);
  }
  for (const { addresses } of addressTypes(host, version)) {
    addSet(numbers.get('daddr') as Set<bigint>, addresses);
    addSet(numbers.get('saddr') as Set<bigint>, addresses);
  }
  // The host itself, where `redirect` sends packets that go out.
  const self = version === 4 ? 0x7f000001n : 1n;
  addSet(numbers.get('daddr') as Set<bigint>, [[self, self]]);
  for (const table of ruleset.tables)
    for (const chain of table.chains.values()) {
      for (const device of chain.base?.devices ?? []) patterns.add(device);
      for (const rule of chain.rules)
        for (const statement of rule.statements) {
          if (excludesVersion(statement, version)) break;
          addStatement(boundaries, statement, version);
        }
    }
  return boundaries;
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Cuts every field at the boundaries of a rule set and of a question about it. */
export function ranksOf(ruleset: Ruleset, host: HostContext, space: Space): Ranks {
  const { numbers, patterns } = collect(ruleset, host, space);
  const pieces = REGION_FIELDS.map((field) => {
    if (!isRegionNumber(field)) return { starts: [], rank: new Map<bigint, number>() };
    const end = fieldEnd(field, space.version);
    const starts = [...(numbers.get(field) as Set<bigint>)].filter((start) => start < end).sort(ascending);
    return { starts, rank: new Map([...starts, end].map((start, rank) => [start, rank])) };
  });
  const nameOf = [...patterns].map((pattern) =>
    pattern.endsWith('*') ? `${pattern.slice(0, -1)}${SOME}` : pattern,
  );
  if (!patterns.has('*')) nameOf.push(SOME);
  const names = nameOf.filter((name) => name !== '');
  const named = new Map<string, RankSet>();
  const cut = (field: number) => pieces[field] as (typeof pieces)[number];
  return {
    nameOf: names,
    numbers(field, set) {
      const { rank } = cut(field);
      const ranks: number[] = [];
      for (const [low, high] of set) {
        const from = rank.get(low);
        const to = rank.get(high + 1n);
        if (from === undefined || to === undefined) throw new Error('A boundary was not collected.');
        ranks.push(from, to - 1);
      }
      return ranks;
    },
    names(wanted) {
      const key = wanted.join('\n');
      const known = named.get(key);
      if (known) return known;
      const exact = wanted.flatMap((pattern) =>
        names.flatMap((name, rank) => (fitsPattern(pattern, name) ? [[rank, rank]] : [])),
      );
      const set = uniteRanks(exact);
      named.set(key, set);
      return set;
    },
    everything(field) {
      return [0, (field < 2 ? names.length : cut(field).starts.length) - 1];
    },
    rankOf(field, value) {
      const { starts } = cut(field);
      let low = 0;
      let high = starts.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((starts[middle] as bigint) <= value) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    },
    values(field, set) {
      const { starts } = cut(field);
      const end = fieldEnd(REGION_FIELDS[field] as RegionNumberField, space.version);
      const values: [bigint, bigint][] = [];
      for (let at = 0; at < set.length; at += 2)
        values.push([starts[set[at] as number] as bigint, (starts[(set[at + 1] as number) + 1] ?? end) - 1n]);
      return values;
    },
  };
}

function fieldEnd(field: RegionNumberField, version: 4 | 6): bigint {
  return (domain(field, version)[0]?.[1] ?? 0n) + 1n;
}
