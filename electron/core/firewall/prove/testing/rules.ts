import { formatAddress, parseAddress, prefixInterval } from '../../address.ts';
import type { Interval } from '../../interval.ts';
import { normalize, single } from '../../interval.ts';
import type {
  BaseChain,
  Chain,
  Condition,
  Field,
  Rule,
  Ruleset,
  Statement,
  Table,
  TableFamily,
  Verdict,
} from '../../model.ts';

/** Small rule sets by hand, for tests and benchmarks. Ids follow the order of making. */
export function rulesets() {
  let nextId = 1;
  return {
    rule(...statements: Statement[]): Rule {
      const id = nextId++;
      return { id, text: `rule ${id}`, handle: null, statements };
    },
    table(family: TableFamily, name: string, chains: readonly Chain[]): Table {
      return {
        source: { program: 'nft', backend: null },
        family,
        name,
        dormant: false,
        chains: new Map(chains.map((chain) => [chain.name, chain])),
      };
    },
    ruleset(...tables: Table[]): Ruleset {
      return { tables, missing: [] };
    },
  };
}

/** A base chain; a filter chain at output of priority 0 that accepts when nothing else is said. */
export function baseChain(name: string, rules: readonly Rule[], base: Partial<BaseChain> = {}): Chain {
  return {
    name,
    base: { type: 'filter', hook: 'output', priority: 0, policy: 'accept', devices: null, ...base },
    rules,
  };
}

/** A chain that is only jumped to. */
export function plainChain(name: string, rules: readonly Rule[]): Chain {
  return { name, base: null, rules };
}

/** A field lies in ranges of numbers. */
export function condition(field: Field, ...intervals: Interval[]): Condition {
  return { field, values: { kind: 'numbers', mask: null, intervals: normalize(intervals) } };
}

/** A match of one alternative. */
export function match(...conditions: Condition[]): Statement {
  return { kind: 'match', alternatives: [conditions], negated: false };
}

export function uid(value: number | bigint): Statement {
  return match(condition('skuid', ...single(value)));
}

export function protocol(value: bigint): Statement {
  return match(condition('l4proto', ...single(value)));
}

export function port(low: number, high = low): Statement {
  return match(condition('dport', [BigInt(low), BigInt(high)]));
}

/** `10.0.0.0/8`: the IP version first, as every reader writes it. */
export function to(text: string): Statement[] {
  const [address = '', prefix] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed) throw new Error(`no address: ${text}`);
  const { version, value } = parsed;
  const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix);
  return [
    match(condition('nfproto', ...single(version))),
    match(condition('daddr', prefixInterval(version, value, bits))),
  ];
}

export function verdict(kind: Exclude<Verdict['kind'], 'jump' | 'goto'>): Statement {
  return { kind: 'verdict', verdict: { kind } };
}

export function jump(chain: string, kind: 'jump' | 'goto' = 'jump'): Statement {
  return { kind: 'verdict', verdict: { kind, chain } };
}

export const ACCEPT = verdict('accept');
export const DROP = verdict('drop');

export { formatAddress };
