import { z } from 'zod';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import { probe } from '../asks/probe.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { mustRun, runProgram } from '../run/run-program.ts';
import { guardTable } from '../verbs/nft-guard.ts';
import { deleteTable, listTable, replaceTable, tableWords } from '../verbs/nft-table.ts';
import { FENCE, fenceText } from './fence-text.ts';
import { takeLease } from './lease.ts';
import { ownAddresses } from './look.ts';
import { RotationRecord, rotationsOf } from './rotation-record.ts';
import { hashOfBytes } from './token-file.ts';

type Fenced = Extract<HelperAnswer, { answer: 'fenced' }>;

const MOST_LISTING = 524_288;
/** The first packet of a connection leaves, or is dropped, at once. */
const TRY_MS = 150;

/**
 * Loads the fence and shows that it holds: the kernel lists it, and a connection of the account to each of `tries` is stopped. Refuses
 * `program-failed` when one is not; the fence stays loaded then, for it does no harm.
 */
export function loadFence(
  machine: Machine,
  act: Extract<SecretAct, { act: 'fence' }>,
  relaunch: Relaunch,
): Fenced {
  takeLease(machine, act.rotation);
  const record = new RotationRecord(machine, act.rotation);
  record.open();
  const text = fenceText(act, ownAddresses());
  guardTable(text, FENCE);
  record.mark('fence', { text, accounts: act.accounts });
  replaceTable(machine, FENCE, text);
  const words = tableWords(machine, FENCE);
  if (words === null) throw new Refused('program-failed', 'The fence is not there after it was loaded.');
  const tried = act.tries.map((address) => ({ address, outcome: tryAs(machine, act, address, relaunch) }));
  const open = tried.find(({ outcome }) => outcome !== 'stopped');
  if (open !== undefined)
    throw new Refused(
      'program-failed',
      `The fence does not hold: ${open.address} port ${act.port} is ${open.outcome === 'open' ? 'within reach' : 'perhaps within reach'} of the account.`,
    );
  return { answer: 'fenced', table: hashOfBytes(Buffer.from(words)), tried, listing: listing(machine) };
}

function tryAs(
  machine: Machine,
  { accounts, port }: Extract<SecretAct, { act: 'fence' }>,
  address: string,
  relaunch: Relaunch,
): 'open' | 'stopped' | 'unknown' {
  const uid = accounts.map(Number).find((one) => Number.isInteger(one) && one > 0);
  // Root can take a fence away; that it listens is said by the table alone.
  if (uid === undefined) return 'stopped';
  const before = droppedPackets(machine);
  const answer = probe(machine, uid, { kind: 'connect', address, port, timeoutMs: TRY_MS }, relaunch);
  if (answer.answer !== 'probed') return 'unknown';
  if (answer.outcome === 'open') return 'open';
  // Nobody may be there: only the counter tells a packet that was dropped from one that nobody answered.
  return droppedPackets(machine) > before ? 'stopped' : 'unknown';
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

function listing(machine: Machine): string {
  const end = runProgram(machine, { program: 'nft', arguments: ['-j', 'list', 'ruleset'] });
  const text = end.output.toString('utf8');
  return end.status === 0 && !end.cut && text.length <= MOST_LISTING ? text : '';
}

/** Takes the fence away, and what would load it again at the next start. */
export function liftFence(machine: Machine, { rotation }: Extract<SecretAct, { act: 'lift' }>): Fenced {
  takeLease(machine, rotation);
  for (const id of rotationsOf(machine)) new RotationRecord(machine, id).unmark('fence');
  deleteTable(machine, FENCE);
  return { answer: 'fenced', table: null, tried: [], listing: '' };
}

/** Loads the fences that stood when the machine went down; a start ends them. */
export function fenceAgain(machine: Machine): void {
  const fence = rotationsOf(machine)
    .map((id) => new RotationRecord(machine, id).read('fence'))
    .find((found) => found !== null);
  if (fence !== undefined && listTable(machine, FENCE) === null) replaceTable(machine, FENCE, fence.text);
}
