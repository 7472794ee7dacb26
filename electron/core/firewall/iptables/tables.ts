import type { BaseChain, Hook } from '../model.ts';

interface TableLayout {
  readonly type: BaseChain['type'];
  /** Built-in chains with their hooks and priorities. */
  readonly chains: ReadonlyMap<string, BaseChain>;
}

const HOOK = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
} as const satisfies Record<string, Hook>;

type ChainName = keyof typeof HOOK;

function layout(
  type: BaseChain['type'],
  priorities: readonly (readonly [ChainName, number])[],
): [BaseChain['type'], ReadonlyMap<string, BaseChain>] {
  const chains = new Map<string, BaseChain>();
  for (const [name, priority] of priorities) {
    // Marks that mangle sets on the way out make the kernel route the packet again; nft calls that type route.
    const own = type === 'filter' && priority === -150 && name === 'OUTPUT' ? 'route' : type;
    chains.set(name, { type: own, hook: HOOK[name], priority, policy: 'accept', devices: null });
  }
  return [type, chains];
}

function at(priority: number, names: readonly ChainName[]): (readonly [ChainName, number])[] {
  return names.map((name) => [name, priority] as const);
}

const ALL: readonly ChainName[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
const THROUGH: readonly ChainName[] = ['INPUT', 'FORWARD', 'OUTPUT'];

/**
 * The tables of iptables with their built-in chains (iptables(8), TABLES) and the priorities at which the kernel hooks them
 * (enum nf_ip_hook_priorities of linux/netfilter_ipv4.h; both back ends use the same).
 */
export const TABLES: ReadonlyMap<string, TableLayout> = new Map(
  (
    [
      ['raw', layout('filter', at(-300, ['PREROUTING', 'OUTPUT']))],
      ['mangle', layout('filter', at(-150, ALL))],
      ['nat', layout('nat', [...at(-100, ['PREROUTING', 'OUTPUT']), ...at(100, ['INPUT', 'POSTROUTING'])])],
      ['filter', layout('filter', at(0, THROUGH))],
      ['security', layout('filter', at(50, THROUGH))],
    ] as const
  ).map(([name, [type, chains]]) => [name, { type, chains }]),
);
