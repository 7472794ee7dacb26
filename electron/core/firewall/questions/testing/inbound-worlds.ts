import type { Chain, Condition, Hook, Rule, Ruleset, Statement } from '../../model.ts';

/** Where the chains of a random rule set about what goes out stand when they are about what comes in. */
const HOOKS: ReadonlyMap<string, Hook> = new Map([
  ['early', 'prerouting'],
  ['nat', 'prerouting'],
  ['first', 'input'],
  ['second', 'input'],
  ['post', 'forward'],
]);

/** Half of what asked where a packet goes asks where it comes from; nothing that comes in has left by an interface. */
function turned(one: Condition, id: number): Condition {
  if (one.field === 'oifname') return { ...one, field: 'iifname' };
  if (id % 2 === 1) return one;
  if (one.field === 'daddr') return { ...one, field: 'saddr' };
  return one.field === 'fibDaddrType' ? { ...one, field: 'fibSaddrType' } : one;
}

function turnedStatement(statement: Statement, id: number): Statement {
  const list = (conditions: readonly Condition[]) => conditions.map((one) => turned(one, id));
  if (statement.kind === 'match')
    return { ...statement, alternatives: statement.alternatives.map((one) => list(one)) };
  if (statement.kind === 'verdictMap')
    return {
      ...statement,
      entries: statement.entries.map((entry) => ({ ...entry, conditions: list(entry.conditions) })),
    };
  if (statement.kind === 'nat')
    return {
      ...statement,
      entries: statement.entries.map((entry) => ({ ...entry, conditions: list(entry.conditions) })),
    };
  return statement;
}

function turnedChain(chain: Chain): Chain {
  const rules = chain.rules.map(
    (rule): Rule => ({ ...rule, statements: rule.statements.map((one) => turnedStatement(one, rule.id)) }),
  );
  const hook = HOOKS.get(chain.name);
  if (chain.base === null || hook === undefined) return { ...chain, rules };
  const type = chain.base.type === 'route' ? 'filter' : chain.base.type;
  return { ...chain, rules, base: { ...chain.base, hook, type } };
}

/** The same rules about what comes in: at the hooks of packets from outside, and asking for them. */
export function inward(ruleset: Ruleset): Ruleset {
  const tables = ruleset.tables.map((table) => ({
    ...table,
    chains: new Map([...table.chains].map(([name, chain]) => [name, turnedChain(chain)])),
  }));
  return { ...ruleset, tables };
}
