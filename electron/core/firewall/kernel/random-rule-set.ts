import { randomSave } from './iptables-rules.ts';
import { randomNftTable } from './nft-rules.ts';
import type { Random } from './random.ts';
import type { RuleSetText, SaveText, TableText } from './rule-sets.ts';
import { randomScenario, savedScenario } from './scenarios.ts';
import type { Refusal } from './trial.ts';

function nftTables(random: Random, most: number): TableText[] {
  return Array.from({ length: 1 + random.below(most) }, (_, index) =>
    random.chance(0.45) ? randomScenario(random, index) : randomNftTable(random, index),
  );
}

function saves(random: Random, backend: 'nft' | 'legacy'): SaveText[] {
  const versions = random.chance(0.6) ? ([4, 6] as const) : [random.pick([4, 6] as const)];
  return versions
    .map((version) => (random.chance(0.4) ? savedScenario : randomSave)(random, backend, version))
    .filter((save) => save.tables.length > 0);
}

/** Rules of one program, or of several on one host. */
export function randomRuleSet(random: Random): RuleSetText {
  const kind = random.weighted({ nft: 9, iptables: 4, legacy: 3, mixed: 4 });
  switch (kind) {
    case 'nft':
      return { nft: nftTables(random, 3), saves: [] };
    case 'iptables':
      return { nft: [], saves: saves(random, 'nft') };
    case 'legacy':
      return { nft: [], saves: saves(random, 'legacy') };
    case 'mixed':
      return {
        nft: random.chance(0.8) ? nftTables(random, 2) : [],
        saves: [
          ...(random.chance(0.6) ? saves(random, 'nft') : []),
          ...(random.chance(0.6) ? saves(random, 'legacy') : []),
        ],
      };
  }
}

/** All pieces that can be left out, each as the rule set without it; the larger pieces first. */
export function smaller(rules: RuleSetText): RuleSetText[] {
  const found: RuleSetText[] = [];
  const withNft = (nft: readonly TableText[]): RuleSetText => ({ ...rules, nft });
  const withSave = (index: number, tables: readonly TableText[]): RuleSetText => ({
    ...rules,
    saves:
      tables.length === 0
        ? rules.saves.toSpliced(index, 1)
        : rules.saves.with(index, { ...(rules.saves[index] as SaveText), tables }),
  });
  const groups = [
    { tables: rules.nft, put: withNft, chainsStay: false },
    ...rules.saves.map((save, index) => ({
      tables: save.tables,
      put: (tables: readonly TableText[]) => withSave(index, tables),
      chainsStay: true,
    })),
  ];
  for (const { tables, put } of groups)
    for (const index of tables.keys()) found.push(put(tables.toSpliced(index, 1)));
  for (const { tables, put, chainsStay } of groups)
    for (const [index, table] of tables.entries()) {
      for (const [place, chain] of table.chains.entries())
        if (!(chainsStay && chain.base !== null))
          found.push(put(tables.with(index, { ...table, chains: table.chains.toSpliced(place, 1) })));
      for (const place of table.sets.keys())
        found.push(put(tables.with(index, { ...table, sets: table.sets.toSpliced(place, 1) })));
    }
  for (const { tables, put } of groups)
    for (const [index, table] of tables.entries())
      for (const [place, chain] of table.chains.entries()) {
        const putRules = (rulesOfChain: typeof chain.rules) =>
          put(
            tables.with(index, {
              ...table,
              chains: table.chains.with(place, { ...chain, rules: rulesOfChain }),
            }),
          );
        for (const [at, parts] of chain.rules.entries()) {
          found.push(putRules(chain.rules.toSpliced(at, 1)));
          for (const part of parts.keys())
            if (parts.length > 1) found.push(putRules(chain.rules.with(at, parts.toSpliced(part, 1))));
        }
        if (chain.base?.includes('policy drop'))
          found.push(
            put(
              tables.with(index, {
                ...table,
                chains: table.chains.with(place, {
                  ...chain,
                  base: chain.base.replace('policy drop', 'policy accept'),
                }),
              }),
            ),
          );
      }
  return found;
}

/** The lines of a table in the order in which the scripts are written; see nftScript and saveText. */
function withoutLine(tables: readonly TableText[], line: number, isNft: boolean): TableText[] | null {
  let at = 0;
  for (const [index, table] of tables.entries()) {
    const put = (changed: TableText): TableText[] => tables.with(index, changed);
    at += 1 + table.chains.length;
    if (at >= line) return null;
    for (const place of table.sets.keys())
      if (++at === line) return put({ ...table, sets: table.sets.toSpliced(place, 1) });
    for (const [place, chain] of table.chains.entries())
      for (const rule of chain.rules.keys())
        if (++at === line)
          return put({
            ...table,
            chains: table.chains.with(place, { ...chain, rules: chain.rules.toSpliced(rule, 1) }),
          });
    if (!isNft) at += 1;
  }
  return null;
}

/** The rule set without the rule that the kernel or its programs did not take; null when it is not known which. */
export function withoutRefused(rules: RuleSetText, { text, line }: Refusal): RuleSetText | null {
  if (line === null) return null;
  if (text === 'nft') {
    const nft = withoutLine(rules.nft, line, true);
    return nft && { ...rules, nft };
  }
  const save = rules.saves[text];
  const tables = save && withoutLine(save.tables, line, false);
  return save && tables ? { ...rules, saves: rules.saves.with(text, { ...save, tables }) } : null;
}
