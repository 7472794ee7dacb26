/** A random rule set as text that can be made smaller piece by piece. */

/** One rule: its parts in order. Every part but the last can be left out. */
export type RuleParts = readonly string[];

export interface ChainText {
  readonly name: string;
  /** nft: the whole specification of a base chain in braces; iptables: its policy. Null for a chain that is jumped to. */
  readonly base: string | null;
  readonly rules: readonly RuleParts[];
}

export interface TableText {
  /** nft: `inet t0`; iptables: `filter`. */
  readonly name: string;
  /** nft: sets and maps, each as it follows `add`: `set inet t0 s { … }`. */
  readonly sets: readonly string[];
  readonly chains: readonly ChainText[];
}

export interface SaveText {
  readonly backend: 'nft' | 'legacy';
  readonly version: 4 | 6;
  readonly tables: readonly TableText[];
}

export interface RuleSetText {
  readonly nft: readonly TableText[];
  readonly saves: readonly SaveText[];
}

/** A script for `nft -f`, one command a line. */
export function nftScript(tables: readonly TableText[]): string {
  const lines: string[] = [];
  for (const { name, sets, chains } of tables) {
    lines.push(`add table ${name}`);
    // Chains that are jumped to come first, for verdict maps name them.
    for (const chain of [...chains].sort((a, b) => Number(a.base !== null) - Number(b.base !== null)))
      lines.push(`add chain ${name} ${chain.name}${chain.base === null ? '' : ` ${chain.base}`}`);
    for (const set of sets) lines.push(`add ${set}`);
    for (const chain of chains)
      for (const rule of chain.rules) lines.push(`add rule ${name} ${chain.name} ${rule.join(' ')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Input for `iptables-restore`. */
export function saveText({ tables }: SaveText): string {
  const lines: string[] = [];
  for (const { name, chains } of tables) {
    lines.push(`*${name}`);
    for (const chain of chains) lines.push(`:${chain.name} ${chain.base ?? '-'} [0:0]`);
    for (const chain of chains)
      for (const rule of chain.rules) lines.push(`-A ${chain.name} ${rule.join(' ')}`);
    lines.push('COMMIT');
  }
  return `${lines.join('\n')}\n`;
}

/** The whole rule set for a person: what to give to which program. */
export function inText({ nft, saves }: RuleSetText): string {
  const parts = nft.length > 0 ? [`# nft -f -\n${nftScript(nft)}`] : [];
  for (const save of saves)
    parts.push(`# ip${save.version === 6 ? '6' : ''}tables-${save.backend}-restore\n${saveText(save)}`);
  return parts.join('\n');
}
