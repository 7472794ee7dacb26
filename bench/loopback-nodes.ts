import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoopbackSshd } from '#core/hosts/testing/loopback-sshd.ts';
import type { SwarmNode } from '#shared/domain/node.ts';

/** @returns so many nodes of a swarm that are all the one sshd of this machine, whose host key is confirmed */
export async function loopbackNodes(sshd: LoopbackSshd, count: number): Promise<SwarmNode[]> {
  await sshd.allowRoot();
  await writeFile(join(sshd.folder, 'known_hosts'), `${sshd.hostKeyLine}\n`, { mode: 0o600 });
  const { port, identityFile } = sshd;
  return Array.from({ length: count }, (_, index): SwarmNode => {
    const name = `node-${index + 1}`;
    const address = { kind: 'ssh' as const, host: '127.0.0.1', port, user: 'root', identityFile };
    return {
      id: name,
      name,
      address,
      addedAt: '2026-11-23T08:00:00.000Z',
      lastLookAt: null,
      lastError: null,
    };
  });
}
