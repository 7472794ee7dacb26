import type { Condition, Field, Ruleset, Statement } from '../model.ts';

const OF_CONNECTIONS: readonly Field[] = ['ctState', 'ctMark', 'ctDirection', 'ctStatus'];

function conditionsOf(statement: Statement): readonly Condition[] {
  if (statement.kind === 'match') return statement.alternatives.flat();
  return 'entries' in statement ? statement.entries.flatMap(({ conditions }) => conditions) : [];
}

function asks(statement: Statement): boolean {
  if (statement.kind === 'nat') return true;
  if (statement.kind === 'setMark' && statement.change.kind === 'copy' && statement.change.from === 'ctMark')
    return true;
  return conditionsOf(statement).some(({ field }) => OF_CONNECTIONS.includes(field));
}

/**
 * Whether it makes a difference to any rule if a packet is the first of its connection. Where none asks for connections or translates,
 * a packet in a connection fares as the first one did.
 */
export function asksConnections({ tables }: Pick<Ruleset, 'tables'>): boolean {
  return tables.some(({ chains }) =>
    [...chains.values()].some(({ rules }) => rules.some(({ statements }) => statements.some(asks))),
  );
}
