import { z } from 'zod';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun } from '../run/run-program.ts';
import { lookUp } from '../verbs/account-files.ts';
import { FENCE } from './fence-text.ts';
import { tryConnections } from './try-connections.ts';

export type Outcome = 'open' | 'stopped' | 'unknown';

/** The first packet of a connection leaves, or is dropped, at once. */
const TRY_MS = 150;

/** What a try says of one address. Something that resets was reached. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  open: 'open',
  ECONNREFUSED: 'open',
  ECONNRESET: 'open',
  EPERM: 'stopped',
  EACCES: 'stopped',
  ETIMEDOUT: 'stopped',
};

/**
 * Calls every address of `tries` as the account that is fenced. Nobody may be there: `stopped` is only said when the fence's own counter shows
 * that it dropped as many packets as were sent.
 */
export async function tryFence(
  machine: Machine,
  { accounts, port, tries }: Extract<SecretAct, { act: 'fence' }>,
): Promise<{ address: string; outcome: Outcome }[]> {
  const uid = accounts.map(Number).find((one) => Number.isInteger(one) && one > 0);
  // Root can take a fence away; that it listens is said by the table alone.
  if (uid === undefined) return tries.map((address) => ({ address, outcome: 'stopped' }));
  const gid = Number(lookUp(machine, 'passwd', uid)?.split(':')[3] ?? uid);
  if (!Number.isInteger(gid) || gid === 0)
    throw new Refused('bad-request', 'That account is in the group of root.');
  const dropped = droppedPackets(machine);
  const begun = performance.now();
  const words = await tryConnections({ addresses: tries, port, timeoutMs: TRY_MS, uid, gid });
  const tookMs = performance.now() - begun;
  const said = tries.map((address, index) => {
    const word = words?.[index] ?? '';
    const isEarly = word === 'ETIMEDOUT' && tookMs < TRY_MS;
    return { address, outcome: isEarly ? ('unknown' as const) : (OUTCOMES[word] ?? 'unknown') };
  });
  const stopped = said.filter(({ outcome }) => outcome === 'stopped').length;
  if (droppedPackets(machine) - dropped >= stopped) return said;
  return said.map(({ address, outcome }) => ({
    address,
    outcome: outcome === 'stopped' ? ('unknown' as const) : outcome,
  }));
}

const counted = z.object({
  nftables: z.array(
    z.object({ rule: z.object({ expr: z.array(z.record(z.string(), z.unknown())) }).optional() }),
  ),
});
const counter = z.object({ packets: z.int().min(0) });

/** Packets that the fence has dropped since it was loaded. */
function droppedPackets(machine: Machine): number {
  const { output } = mustRun(machine, {
    program: 'nft',
    arguments: ['-j', 'list', 'table', FENCE.family, FENCE.name],
  });
  const { nftables } = counted.parse(JSON.parse(output.toString('utf8')));
  const counters = nftables
    .flatMap(({ rule }) => rule?.expr ?? [])
    .map((one) => counter.safeParse(one.counter));
  return counters.reduce((sum, one) => sum + (one.success ? one.data.packets : 0), 0);
}
