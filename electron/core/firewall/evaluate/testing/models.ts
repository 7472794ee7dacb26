import { normalize } from '../../interval.ts';
import type {
  BaseChain,
  Chain,
  Condition,
  Hook,
  NumberField,
  Rule,
  Ruleset,
  Statement,
  Table,
  TableFamily,
  Verdict,
} from '../../model.ts';

let lastRule = 0;

/** A rule whose text is what it is made of. */
export function rule(statements: readonly Statement[], text = describeStatements(statements)): Rule {
  lastRule += 1;
  return { id: lastRule, text, handle: null, statements };
}

function describeStatements(statements: readonly Statement[]): string {
  return statements
    .map((statement) => {
      if (statement.kind === 'match')
        return `${statement.alternatives.map((all) => all.map(({ field }) => field).join(' . ')).join(' or ')}${statement.negated ? ' not' : ''}`;
      if (statement.kind === 'verdict') return statement.verdict.kind;
      return 'text' in statement ? statement.text : statement.kind;
    })
    .join(' ');
}

/** One field is one of the values, or lies in one of the ranges. */
export function condition(
  field: NumberField,
  ...values: readonly (bigint | readonly [bigint, bigint])[]
): Condition {
  const intervals = normalize(
    values.map((value) => (typeof value === 'bigint' ? ([value, value] as const) : value)),
  );
  return { field, values: { kind: 'numbers', mask: null, intervals } };
}

export function is(
  field: NumberField,
  ...values: readonly (bigint | readonly [bigint, bigint])[]
): Statement {
  return { kind: 'match', alternatives: [[condition(field, ...values)]], negated: false };
}

export function isNot(
  field: NumberField,
  ...values: readonly (bigint | readonly [bigint, bigint])[]
): Statement {
  return { kind: 'match', alternatives: [[condition(field, ...values)]], negated: true };
}

export function named(field: 'iifname' | 'oifname', ...patterns: readonly string[]): Statement {
  return {
    kind: 'match',
    alternatives: [[{ field, values: { kind: 'names', patterns } }]],
    negated: false,
  };
}

/** A verdict as a statement: `accept`, `jump docker`. */
export function v(text: string): Statement {
  return { kind: 'verdict', verdict: verdict(text) };
}

export function verdict(text: string): Verdict {
  const [kind = '', target = ''] = text.split(' ');
  return (kind === 'jump' || kind === 'goto' ? { kind, chain: target } : { kind }) as Verdict;
}

export function setMark(value: bigint, field: 'mark' | 'ctMark' = 'mark'): Statement {
  return { kind: 'setMark', field, change: { kind: 'value', keep: 0n, value } };
}

export function base(hook: Hook, parts: Partial<BaseChain> = {}): BaseChain {
  return { type: 'filter', hook, priority: 0, policy: 'accept', devices: null, ...parts };
}

export function chain(name: string, at: BaseChain | null, rules: readonly Rule[]): Chain {
  return { name, base: at, rules };
}

export function table(family: TableFamily, name: string, chains: readonly Chain[]): Table {
  return {
    source: { program: 'nft', backend: null },
    family,
    name,
    chains: new Map(chains.map((one) => [one.name, one])),
    dormant: false,
  };
}

export function ruleset(...tables: readonly Table[]): Ruleset {
  return { tables, missing: [] };
}
