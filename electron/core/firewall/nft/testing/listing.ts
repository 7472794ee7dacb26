import { readFileSync } from 'node:fs';
import type { Chain, Condition, ReadResult, Statement, Table, Verdict } from '../../model.ts';

/** A listing that nft 1.0.6 printed. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
}

export const METAINFO = {
  metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 },
};

/** What nft would print: `metainfo` and these entries. */
export function listing(...entries: readonly object[]): string {
  return JSON.stringify({ nftables: [METAINFO, ...entries] });
}

export const TABLE = { table: { family: 'inet', name: 't', handle: 1 } };
export const OUTPUT = {
  chain: {
    family: 'inet',
    table: 't',
    name: 'c',
    handle: 1,
    type: 'filter',
    hook: 'output',
    prio: 0,
    policy: 'drop',
  },
};

/** A rule of chain c in table t. */
export function rule(...expr: readonly unknown[]): object {
  return { rule: { family: 'inet', table: 't', chain: 'c', handle: 7, expr } };
}

/** A named set of addresses in table t. */
export function set(name: string, ...elem: readonly unknown[]): object {
  return { set: { family: 'inet', table: 't', name, type: 'ipv4_addr', handle: 2, elem } };
}

/** The tables of a listing that can be read. */
export function tables(result: ReadResult): readonly Table[] {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.tables;
}

/** A chain by its name, in whichever table. */
export function chain(result: ReadResult, name = 'c'): Chain {
  for (const table of tables(result)) {
    const found = table.chains.get(name);
    if (found) return found;
  }
  throw new Error(`no chain ${name}`);
}

function written({ field, values }: Condition): string {
  if (values.kind === 'names') return `${field} ${values.patterns.join(',')}`;
  const mask = values.mask === null ? '' : `&${values.mask}`;
  const ranges = values.intervals.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`));
  return `${field}${mask} ${ranges.join(',')}`;
}

function decided(verdict: Verdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

/** A statement in few words, so that a table of rules can be read. */
function said(statement: Statement): string {
  switch (statement.kind) {
    case 'match': {
      const alternatives = statement.alternatives.map(
        (conditions) => conditions.map(written).join(' + ') || 'any',
      );
      return `${statement.negated ? 'not ' : ''}${alternatives.join(' or ')}`;
    }
    case 'verdictMap':
      return statement.entries
        .map(({ conditions, verdict }) => `[${conditions.map(written).join(' + ')}: ${decided(verdict)}]`)
        .join(' ');
    case 'verdict':
      return decided(statement.verdict);
    case 'setMark': {
      const { change } = statement;
      return change.kind === 'value'
        ? `${statement.field} = &${change.keep} ^${change.value}`
        : `${statement.field} = &${change.keep} ^ ${change.from}&${change.take}`;
    }
    case 'mapMark':
      return statement.entries
        .map(
          ({ conditions, value }) =>
            `[${conditions.map(written).join(' + ')}: ${statement.field} = ${value}]`,
        )
        .join(' ');
    case 'nat':
      return `${statement.type} ${statement.entries
        .map(
          ({ conditions, target }) =>
            `[${conditions.map(written).join(' + ')}: ${target.address} ${target.port}]`,
        )
        .join(' ')}`;
    case 'may':
      return `may (${statement.whenQuiet}) ${statement.text}`;
    case 'setRoute':
      return `setRoute ${statement.text}`;
    case 'notrack':
    case 'zone':
      return statement.kind;
    default:
      return `${statement.kind} ${statement.text}`;
  }
}

/** Rules of a chain in few words. */
export function rules(result: ReadResult, name = 'c'): string[] {
  return chain(result, name).rules.map(({ statements }) => statements.map(said).join('; '));
}

export const DADDR = { payload: { protocol: 'ip', field: 'daddr' } };
export const DPORT = { payload: { protocol: 'tcp', field: 'dport' } };
export const ANY_DPORT = { payload: { protocol: 'th', field: 'dport' } };
export const MARK = { meta: { key: 'mark' } };
export const FLAGS = { payload: { protocol: 'tcp', field: 'flags' } };
export const PORTS = 'l4proto 6,17,33,132,136';
export const NO_PORTS = 'l4proto 0-5,7-16,18-32,34-131,133-135,137-255';

/** A match statement. */
export function match(left: unknown, right: unknown, op = '=='): object {
  return { match: { op, left, right } };
}
