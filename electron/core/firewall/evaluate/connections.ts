import { contains } from '../interval.ts';
import type { Field, Rule, Ruleset, Statement, TableFamily } from '../model.ts';
import { translates } from './order.ts';

const OF_CONNECTIONS: readonly Field[] = ['ctState', 'ctMark', 'ctDirection', 'ctStatus'];

/** Whether a statement switches tracking on when it is loaded; null when that cannot be told. */
function needs(statement: Statement, rule: Rule, version: 4 | 6, family: TableFamily): boolean | null {
  switch (statement.kind) {
    case 'match':
      return statement.alternatives.some((all) => all.some(({ field }) => OF_CONNECTIONS.includes(field)));
    case 'nat':
      return family !== 'inet' || translatesFor(statement, rule, version);
    case 'setMark': {
      const { field, change } = statement;
      return field === 'ctMark' || (change.kind === 'copy' && change.from === 'ctMark');
    }
    case 'mapMark':
      return statement.field === 'ctMark' || asks(statement.entries);
    case 'verdictMap':
      return asks(statement.entries);
    case 'may':
      return /\bct\b|conn/.test(statement.text);
    case 'unmodelled':
      return statement.holdsPlainly ? false : null;
    case 'unmodelledVerdict':
      return null;
    case 'verdict':
    case 'setRoute':
    case 'notrack':
      return false;
    case 'zone':
      return true;
  }
}

function asks(entries: readonly { readonly conditions: readonly { readonly field: Field }[] }[]): boolean {
  return entries.some(({ conditions }) => conditions.some(({ field }) => OF_CONNECTIONS.includes(field)));
}

/** `dnat` and `snat` switch tracking on for the family of their address only, the others for that of their table. */
function translatesFor(
  { type, entries }: Statement & { kind: 'nat' },
  rule: Rule,
  version: 4 | 6,
): boolean | null {
  if (type === 'redirect' || type === 'masquerade') return true;
  const families = rule.statements.flatMap((one) =>
    one.kind === 'match' && !one.negated ? one.alternatives.flat() : [],
  );
  const family = families.find(({ field }) => field === 'nfproto')?.values;
  if (family?.kind === 'numbers') return contains(family.intervals, BigInt(version));
  if (entries.some(({ target }) => target.address && target.address[1] > 0xffff_ffffn)) return version === 6;
  return null;
}

function ruleNeeds(rule: Rule, version: 4 | 6, family: TableFamily): boolean | null {
  const answers = rule.statements.map((statement) => needs(statement, rule, version, family));
  return answers.includes(true) ? true : answers.includes(null) ? null : false;
}

function concerns(family: TableFamily, version: 4 | 6): boolean {
  return family === 'inet' || family === (version === 4 ? 'ip' : 'ip6');
}

const cache = new WeakMap<Ruleset, Map<4 | 6, boolean | null>>();

/**
 * Whether the kernel tracks connections at all: it does from the first rule on that asks for one or translates
 * (nf_ct_netns_get in nft_ct.c, nft_nat.c, xt_conntrack.c, …), at any hook, whether a packet meets it or not. Without it chains of type
 * nat see no packet. Null when only a rule that is not modelled could be the reason, and there are such chains.
 */
export function tracksConnections(ruleset: Ruleset, version: 4 | 6): boolean | null {
  const known = cache.get(ruleset) ?? new Map<4 | 6, boolean | null>();
  cache.set(ruleset, known);
  let answer = known.get(version);
  if (answer === undefined) {
    const answers = new Set<boolean | null>();
    for (const { family, chains } of ruleset.tables)
      if (concerns(family, version))
        for (const chain of chains.values())
          for (const rule of chain.rules) answers.add(ruleNeeds(rule, version, family));
    answer = answers.has(true) || !translates(ruleset, version) ? true : answers.has(null) ? null : false;
    known.set(version, answer);
  }
  return answer;
}
