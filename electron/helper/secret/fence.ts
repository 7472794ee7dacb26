import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Relaunch } from '../asks/revert-timer.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { guardTable } from '../verbs/nft-guard.ts';
import { deleteTable, listTable, replaceTable, tableWords } from '../verbs/nft-table.ts';
import { FENCE, fenceText } from './fence-text.ts';
import { takeLease } from './lease.ts';
import { ownAddresses } from './look.ts';
import { RotationRecord, rotationsOf } from './rotation-record.ts';
import { hashOfBytes } from './token-file.ts';
import { tryFence } from './try-fence.ts';

type Fenced = Extract<HelperAnswer, { answer: 'fenced' }>;

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
  const tried = tryFence(machine, act, relaunch);
  const open = tried.find(({ outcome }) => outcome !== 'stopped');
  if (open !== undefined)
    throw new Refused(
      'program-failed',
      `The fence does not hold: ${open.address} port ${act.port} is ${open.outcome === 'open' ? 'within reach' : 'perhaps within reach'} of the account.`,
    );
  return { answer: 'fenced', table: hashOfBytes(Buffer.from(words)), tried };
}

/**
 * Takes the fence of a rotation away, and what would load it again at the next start. One whose secret came into force here takes all
 * former ones along; one that was taken back leaves the fence of another in force, which is loaded again.
 */
export function liftFence(machine: Machine, { rotation }: Extract<SecretAct, { act: 'lift' }>): Fenced {
  takeLease(machine, rotation);
  const own = new RotationRecord(machine, rotation);
  const isInForce = own.read('renamed') !== null;
  for (const id of isInForce ? rotationsOf(machine) : [rotation])
    new RotationRecord(machine, id).unmark('fence');
  const left = standingFence(machine);
  if (left === null) deleteTable(machine, FENCE);
  else {
    guardTable(left.text, FENCE);
    replaceTable(machine, FENCE, left.text);
  }
  return { answer: 'fenced', table: null, tried: [] };
}

/** Loads the fences that stood when the machine went down; a start ends them. */
export function fenceAgain(machine: Machine): void {
  const fence = standingFence(machine);
  if (fence !== null && listTable(machine, FENCE) === null) replaceTable(machine, FENCE, fence.text);
}

/** The fence that a rotation on this node left standing; null when none did. */
function standingFence(machine: Machine) {
  const found = rotationsOf(machine).map((id) => new RotationRecord(machine, id).read('fence'));
  return found.find((fence) => fence !== null) ?? null;
}
