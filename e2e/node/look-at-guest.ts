import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectFacts } from '#core/facts/look.ts';
import { hostFor } from '#core/hosts/host-for.ts';
import { fetchHostKeys } from '#core/hosts/host-keys.ts';
import { confirmHostKeys } from '#core/hosts/known-hosts.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { Guest } from './guest.ts';

/** ssh-keyscan gives a server five seconds, and an emulated one may need more for its first key exchange. */
export async function hostKeysOf(address: { host: string; port: number }) {
  for (let attempt = 1; ; attempt += 1) {
    const fetched = await fetchHostKeys({ host: address.host, port: address.port });
    if (fetched.ok) return fetched.keys;
    if (attempt === 10) throw new Error(fetched.error.message);
  }
}

/**
 * Look at a booted guest as the product does: over SSH, with the host key confirmed and a data folder of its own.
 * @param user account of the guest that looks
 * @throws when the look as a whole fails, with the product's own words
 */
export async function lookAtGuest(guest: Guest, user: string): Promise<Facts> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'swarmkeep-look-'));
  const address = {
    kind: 'ssh',
    host: '127.0.0.1',
    port: guest.port,
    user,
    identityFile: guest.key,
  } as const;
  const host = hostFor(address, { dataFolder });
  try {
    const fetched = await hostKeysOf(address);
    await confirmHostKeys(
      dataFolder,
      address,
      fetched.map((key) => key.line),
    );
    const look = await collectFacts({
      host,
      nodeName: 'node',
      reachedBy: 'ssh',
      corrections: [],
      salt: '0'.repeat(64),
      appVersion: '0.1.0',
      patience: guest.patience,
    });
    if (!look.ok) throw new Error(look.error.message);
    return look.facts;
  } finally {
    await host.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
}
