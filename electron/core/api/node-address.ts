import type { ConsoleService } from '#core/console/service.ts';
import type { NodeAddress } from '#shared/domain/node.ts';

/** @returns asks where a node is reached, in words for a person; null for one that is not there */
export function addressOfNode(service: ConsoleService): (node: string) => Promise<string | null> {
  return async (id) => {
    const nodes = await service.nodes.list(undefined);
    const found = nodes.find((node) => node.id === id);
    return found === undefined ? null : wordsOf(found.address);
  };
}

function wordsOf(address: NodeAddress): string {
  if (address.kind === 'local') return 'this computer';
  if (address.kind === 'recorded') return 'recorded facts';
  const { user, host, port } = address;
  return `${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}, port ${port}`;
}
