import { spawnSync } from 'node:child_process';
import { z } from 'zod';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun } from '../run/run-program.ts';
import { lookUp } from '../verbs/account-files.ts';
import { FENCE } from './fence-text.ts';

export type Outcome = 'open' | 'stopped' | 'unknown';

/** The first packet of a connection leaves, or is dropped, at once. */
const TRY_MS = 150;
/** A slow machine needs seconds to start the connecting process; only then its own limit counts. */
const START_MS = 30_000;

/** What the trying process says of one address. Something that resets was reached. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  open: 'open',
  ECONNREFUSED: 'open',
  ECONNRESET: 'open',
  EPERM: 'stopped',
  EACCES: 'stopped',
  ETIMEDOUT: 'stopped',
};

/**
 * Calls every address of `tries` as the account that is fenced, from a process of its own. Nobody may be there: `stopped` is only said when the
 * fence's own counter shows that it dropped as many packets as were sent.
 */
export function tryFence(
  machine: Machine,
  { accounts, port, tries }: Extract<SecretAct, { act: 'fence' }>,
  [program, ...before]: Relaunch,
): { address: string; outcome: Outcome }[] {
  const uid = accounts.map(Number).find((one) => Number.isInteger(one) && one > 0);
  // Root can take a fence away; that it listens is said by the table alone.
  if (uid === undefined) return tries.map((address) => ({ address, outcome: 'stopped' }));
  const gid = Number(lookUp(machine, 'passwd', uid)?.split(':')[3] ?? uid);
  if (!Number.isInteger(gid) || gid === 0)
    throw new Refused('bad-request', 'That account is in the group of root.');
  const dropped = droppedPackets(machine);
  const begun = performance.now();
  const end = spawnSync(program, [...before, '--try', ...[port, TRY_MS, uid, gid].map(String), ...tries], {
    cwd: '/',
    env: { ...ENVIRONMENT, HOME: '/' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: TRY_MS + START_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 4_096,
  });
  const tookMs = performance.now() - begun;
  const words = end.status === 0 ? (end.stdout?.toString('latin1') ?? '').trimEnd().split('\n') : [];
  const isMeasured = words.length === tries.length;
  const said = tries.map((address, index) => {
    const word = isMeasured ? (words[index] ?? '') : '';
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
