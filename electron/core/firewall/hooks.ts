import type { BaseChain, Chain, Hook, Ruleset, Table } from './model.ts';

/** A chain at a hook, with its table. */
export interface HookedChain {
  readonly table: Table;
  readonly chain: Chain;
  readonly base: BaseChain;
}

/** nf_nat runs all chains of type nat at these priorities, in the order of their own (nf_nat_core.c, enum nf_ip_hook_priorities). */
export const NAT_PRIORITY: Readonly<Partial<Record<Hook, number>>> = {
  prerouting: -100,
  output: -100,
  postrouting: 100,
  input: 100,
};

/** Connection tracking sees a packet here; before it `ct state` is invalid (NF_IP_PRI_CONNTRACK). */
export const CONNTRACK_PRIORITY = -200;

/** When a base chain runs, compared within its hook. */
export function effectivePriority(base: BaseChain): number {
  return base.type === 'nat' ? (NAT_PRIORITY[base.hook] ?? base.priority) : base.priority;
}

function concerns(table: Table, version: 4 | 6): boolean {
  if (table.dormant) return false;
  return table.family === 'inet' || table.family === (version === 4 ? 'ip' : 'ip6');
}

/**
 * The base chains that see an IPv4 or IPv6 packet at a hook, in the order in which the kernel runs them. Of
 * chains of equal priority the newest runs first (nf_hook_entries_grow, netfilter/core.c), so those of one table stand in the
 * reverse order of the listing; how chains of different tables mix no listing tells.
 * @param device for ingress and egress: chains bound to this interface, of families netdev and inet; null for any interface
 */
export function chainsAt(
  ruleset: Ruleset,
  hook: Hook,
  version: 4 | 6,
  device: string | null = null,
): HookedChain[] {
  const found: HookedChain[] = [];
  const byDevice = hook === 'ingress' || hook === 'egress';
  for (const table of ruleset.tables) {
    if (
      !(byDevice
        ? !table.dormant && (table.family === 'netdev' || table.family === 'inet')
        : concerns(table, version))
    )
      continue;
    for (const chain of table.chains.values()) {
      const { base } = chain;
      if (base?.hook !== hook) continue;
      if (byDevice && device !== null && base.devices !== null && !base.devices.includes(device)) continue;
      found.push({ table, chain, base });
    }
  }
  return found
    .reverse()
    .sort(
      (a, b) =>
        effectivePriority(a.base) - effectivePriority(b.base) ||
        (a.base.type === 'nat' && b.base.type === 'nat' ? a.base.priority - b.base.priority : 0),
    );
}
