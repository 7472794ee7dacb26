import type { Condition, Ruleset, Statement } from './model.ts';

function conditionsOf(statement: Statement): readonly Condition[] {
  if (statement.kind === 'match') return statement.alternatives.flat();
  return 'entries' in statement ? statement.entries.flatMap(({ conditions }) => conditions) : [];
}

const known = new WeakMap<Ruleset['tables'], boolean>();

/**
 * Whether any rule asks for the account that a packet is from (`meta skuid`, `meta skgid`, nft(8)). Where none does, a packet
 * fares the same whoever sends it: a match that the model does not know is doubted for every packet alike.
 */
export function asksSender({ tables }: Pick<Ruleset, 'tables'>): boolean {
  const before = known.get(tables);
  if (before !== undefined) return before;
  const asks = tables.some(({ chains }) =>
    [...chains.values()].some(({ rules }) =>
      rules.some(({ statements }) =>
        statements.some((statement) =>
          conditionsOf(statement).some(({ field }) => field === 'skuid' || field === 'skgid'),
        ),
      ),
    ),
  );
  known.set(tables, asks);
  return asks;
}
