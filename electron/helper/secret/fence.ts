import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { findProgram } from '../run/run-program.ts';
import { guardTable } from '../verbs/nft-guard.ts';
import { deleteTable, listTable, replaceTable, tableWords } from '../verbs/nft-table.ts';
import { FENCE, fenceText } from './fence-text.ts';
import { takeLease } from './lease.ts';
import { ownAddresses } from './look.ts';
import { refuseOver } from './over.ts';
import { RotationRecord, rotationsOf } from './rotation-record.ts';
import { hashOfBytes } from './token-file.ts';
import { tryFence } from './try-fence.ts';

type Fenced = Extract<HelperAnswer, { answer: 'fenced' }>;

/**
 * Loads the fence and shows that it holds: the kernel lists it, and a connection of the account to each of `tries` is stopped. Refuses
 * `program-failed` when one is not; the fence stays loaded then, for it does no harm.
 */
export async function loadFence(
  machine: Machine,
  act: Extract<SecretAct, { act: 'fence' }>,
): Promise<Fenced> {
  refuseOver(machine, act.rotation);
  takeLease(machine, act.rotation, act.former);
  const record = new RotationRecord(machine, act.rotation);
  record.open();
  const text = fenceText(act, ownAddresses());
  guardTable(text, FENCE);
  record.mark('fence', { text, accounts: act.accounts });
  replaceTable(machine, FENCE, text);
  const words = tableWords(machine, FENCE);
  if (words === null) throw new Refused('program-failed', 'The fence is not there after it was loaded.');
  const tried = await tryFence(machine, act);
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
 * former ones along, as `all` does; one that was taken back leaves the fence of another in force, which is loaded again. Refuses
 * `missing-tool` where a fence was loaded and nft is gone since: it may stand until the next start. Where none was loaded there is nothing
 * to take away, with nft or without.
 */
export function liftFence(
  machine: Machine,
  { rotation, all = false }: Extract<SecretAct, { act: 'lift' }>,
): Fenced {
  takeLease(machine, rotation);
  const own = new RotationRecord(machine, rotation);
  const gone = all || own.read('renamed') !== null ? rotationsOf(machine) : [rotation];
  const hadAny = gone.some((id) => new RotationRecord(machine, id).read('fence') !== null);
  const left = standingFence(machine, gone);
  if (left !== null) {
    guardTable(left.text, FENCE);
    replaceTable(machine, FENCE, left.text);
  } else if (hadAny || findProgram(machine, 'nft') !== null) deleteTable(machine, FENCE);
  // Not before the kernel has let go of it: what could not be taken away is still known then, and asked for again.
  for (const id of gone) new RotationRecord(machine, id).unmark('fence');
  return { answer: 'fenced', table: null, tried: [] };
}

/** Loads the fences that stood when the machine went down; a start ends them. */
export function fenceAgain(machine: Machine): void {
  const fence = standingFence(machine);
  if (fence !== null && listTable(machine, FENCE) === null) replaceTable(machine, FENCE, fence.text);
}

/** The fence that a rotation on this node left standing, without those of `gone`; null when none did. */
function standingFence(machine: Machine, gone: readonly string[] = []) {
  const found = rotationsOf(machine)
    .filter((id) => !gone.includes(id))
    .map((id) => new RotationRecord(machine, id).read('fence'));
  return found.find((fence) => fence !== null) ?? null;
}
