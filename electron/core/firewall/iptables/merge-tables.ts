import type { Chain, Rule, Statement, Table } from '../model.ts';

/** An extension of iptables, of which nft prints the name at most: `xt match "owner"`. */
function isOpaque(statement: Statement): boolean {
  return (
    (statement.kind === 'unmodelled' || statement.kind === 'unmodelledVerdict') &&
    /^xt\b/.test(statement.text)
  );
}

/**
 * What a rule says, apart from the order of its matches, from what goes without saying in its table, and from the words in
 * which either program writes a limit.
 */
function meaning(rule: Rule): string {
  const parts = rule.statements.map((statement) =>
    JSON.stringify(statement.kind === 'may' ? { ...statement, text: '' } : statement, (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    ),
  );
  const said = parts.filter((part) => !part.includes('"field":"nfproto"'));
  return [...new Set(said)].sort().join('\n');
}

/** iptables asks for the protocol behind all extension headers (`meta l4proto`), so nothing is hidden in its rules. */
function withoutHidden(rule: Rule): Rule {
  const statements = rule.statements.filter((one) => one.kind !== 'unmodelled' || !one.holdsPlainly);
  return statements.length === rule.statements.length ? rule : { ...rule, statements };
}

/** Rules of one handle belong together: the nft reader may need more than one for a rule. */
function byHandle(rules: readonly Rule[]): Rule[][] {
  const groups: Rule[][] = [];
  for (const rule of rules) {
    const last = groups.at(-1);
    if (last && rule.handle !== null && last[0]?.handle === rule.handle) last.push(rule);
    else groups.push([rule]);
  }
  return groups;
}

/**
 * The rule out of two readings of it. nft reads what the kernel runs, so it is right wherever it can read all of the rule:
 * iptables-save has been seen to leave out what it does not know. The words of iptables-save are kept where both say the same.
 */
function choose(found: readonly Rule[], saved: Rule): readonly Rule[] {
  const listed = found.map(withoutHidden);
  const handle = listed[0]?.handle ?? null;
  if (listed.some((rule) => rule.statements.some(isOpaque))) return [{ ...saved, handle }];
  const [only] = listed;
  return listed.length === 1 && only && meaning(only) === meaning(saved) ? [{ ...saved, handle }] : listed;
}

function mergeChain(listed: Chain, saved: Chain | undefined): Chain {
  if (!saved) return listed;
  const groups = byHandle(listed.rules);
  // Without a partner for each rule none can be trusted; those that nft cannot read stay unmodelled.
  if (groups.length !== saved.rules.length) return listed;
  return {
    ...listed,
    rules: groups.flatMap((group, index) => choose(group, saved.rules[index] as Rule)),
  };
}

function mergeTable(listed: Table, saved: Table): { table: Table; agrees: boolean } {
  const chains = new Map<string, Chain>();
  let agrees = true;
  for (const [name, chain] of listed.chains) {
    const other = saved.chains.get(name);
    const policy = other?.base?.policy;
    if (policy !== undefined && policy !== chain.base?.policy) agrees = false;
    if (other && byHandle(chain.rules).length !== other.rules.length) agrees = false;
    chains.set(name, mergeChain(chain, other));
  }
  for (const [name, chain] of saved.chains) {
    if (chains.has(name)) continue;
    // iptables-save prints built-in chains that nobody has made yet; one that does something must be in both.
    const isUnused = chain.base !== null && chain.base.policy === 'accept' && chain.rules.length === 0;
    if (!isUnused) agrees = false;
  }
  return { table: { ...listed, source: saved.source, chains }, agrees };
}

/**
 * Tables of iptables-nft, which stand in nft's listing too, with the extensions (`xt`) unexplained there, each once: chains,
 * policies and order as nft lists them, and rule by rule the reading that knows more.
 * @param listed what nft listed; null when there is no such listing
 * @param saved what the programs of iptables listed of the same tables
 * @returns the tables in nft's order, and a phrase for each table of which the listings do not agree
 */
export function mergeTables(
  listed: readonly Table[] | null,
  saved: readonly Table[],
): { tables: Table[]; disagreements: string[] } {
  const disagreements: string[] = [];
  const open = new Set(saved);
  const tables = (listed ?? []).map((table) => {
    const other = saved.find(({ family, name }) => family === table.family && name === table.name);
    if (!other) return table;
    open.delete(other);
    const merged = mergeTable(table, other);
    if (!merged.agrees) disagreements.push(disagreement(table));
    return merged.table;
  });
  for (const table of open) {
    if (listed) disagreements.push(disagreement(table));
    tables.push(table);
  }
  return { tables, disagreements };
}

function disagreement({ family, name }: Table): string {
  return `rules of table ${family} ${name}, which changed while they were read`;
}
