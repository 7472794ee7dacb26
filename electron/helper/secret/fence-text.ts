import { isIPv4 } from 'node:net';
import type { SecretAct } from '#shared/domain/helper/secret.ts';

/** The one table of a rotation. */
export const FENCE = { family: 'inet', name: 'swarmkeep_rotation' } as const;

const set = (items: readonly (string | number)[]) => `{ ${[...new Set(items)].join(', ')} }`;

/**
 * The fence as a table of nft(8). It stands behind all other chains of the output hook (priority 300), where address translation is done, and
 * so judges the address that a packet really goes to. What answers a connection from outside passes; no connection outlives the restart by
 * which mycoSwarm reads the new secret, so none of its own is left from before. mycoSwarm sends its secret by HTTP only: UDP passes.
 * @param own addresses of this machine
 */
export function fenceText(
  {
    scope,
    accounts,
    port,
    reaches,
    shuts,
  }: Omit<Extract<SecretAct, { act: 'fence' }>, 'act' | 'rotation' | 'tries'>,
  own: readonly string[],
): string {
  const [reach4, reach6] = byFamily([...reaches, ...own]);
  const [shut4, shut6] = byFamily(shuts.filter((address) => !reaches.includes(address)));
  const only = scope === 'swarm' ? [`    tcp dport != ${port} accept`] : [];
  return [
    `table ${FENCE.family} ${FENCE.name} {`,
    '  chain output {',
    '    type filter hook output priority 300; policy accept;',
    `    meta skuid ${set(accounts)} goto agent`,
    '  }',
    '  chain agent {',
    '    meta l4proto != tcp accept',
    '    ct direction reply accept',
    ...(shut4.length === 0 ? [] : [`    ip daddr ${set(shut4)} counter drop`]),
    ...(shut6.length === 0 ? [] : [`    ip6 daddr ${set(shut6)} counter drop`]),
    ...only,
    `    ip daddr ${set(['127.0.0.0/8', ...reach4])} accept`,
    `    ip6 daddr ${set(['::1', ...reach6])} accept`,
    '    counter drop',
    '  }',
    '}',
    '',
  ].join('\n');
}

function byFamily(addresses: readonly string[]): [string[], string[]] {
  return [addresses.filter((one) => isIPv4(one)), addresses.filter((one) => !isIPv4(one))];
}
