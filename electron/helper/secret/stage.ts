import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { takeLease } from './lease.ts';
import { refuseOver } from './over.ts';
import { RotationRecord } from './rotation-record.ts';
import { hashOfBytes, readTokenFile, removeBeside, withFolder, writeBeside } from './token-file.ts';

type Act<Name extends SecretAct['act']> = Extract<SecretAct, { act: Name }>;

/** The staged file of a rotation: hidden, and never a name that mycoSwarm reads. */
export const besideName = (rotation: string) => `.swarm-token.swarmkeep-${rotation}`;

/**
 * Puts the new secret beside the old one. Done already: nothing is written. Where it was in place and somebody wrote another one over it, it
 * is put there again, to be committed once more. Refuses `superseded`.
 */
export function stageSecret(
  machine: Machine,
  { rotation, path, token, owner }: Act<'stage'>,
): RotationRecord {
  refuseOver(machine, rotation);
  takeLease(machine, rotation);
  const record = new RotationRecord(machine, rotation);
  record.open();
  const wasInPlace = record.read('renamed') !== null;
  const bytes = Buffer.from(`${token}\n`, 'utf8');
  const sha256 = hashOfBytes(bytes);
  withFolder(machine, path, 'change', (held) => {
    const before = readTokenFile(held, held.name);
    const { uid, gid } = before ?? owner;
    const beside = besideName(rotation);
    const known = record.read('staged');
    if (known !== null && (known.path !== path || known.sha256 !== sha256))
      throw new Refused('changed-since', 'Another secret was staged for this rotation. Nothing was touched.');
    if (before !== null && hashOfBytes(before.bytes) === sha256) {
      if (wasInPlace) return;
      // It is there already: staged, renamed, and cut off before that was noted; or given to a node that has it.
      if (known === null)
        record.mark('staged', { at: now(), path, beside, sha256, uid, gid, hadOld: record.old() !== null });
      removeBeside(held, beside);
      record.mark('renamed', { at: now() });
      return;
    }
    // What lies there now was never the secret of the swarm.
    if (before !== null && !wasInPlace) record.keepOld(before.bytes);
    machine.pause?.('old-kept');
    const there = known === null ? null : readTokenFile(held, beside);
    const isSame =
      there !== null &&
      hashOfBytes(there.bytes) === sha256 &&
      there.uid === uid &&
      there.gid === gid &&
      there.mode === 0o600;
    if (!isSame) writeBeside(held, beside, bytes, { uid, gid });
    machine.pause?.('beside');
    if (known === null || known.uid !== uid || known.gid !== gid)
      record.mark('staged', {
        at: known?.at ?? now(),
        path,
        beside,
        sha256,
        uid,
        gid,
        hadOld: before !== null,
      });
    // The last one first: a run that is cut off between them is asked again, and commits both halves.
    if (wasInPlace) for (const mark of ['accepted', 'restarted', 'renamed'] as const) record.unmark(mark);
  });
  bytes.fill(0);
  return record;
}

/** Takes back what was staged. Refuses `too-late` once the node may put it in place by itself. */
export function dropSecret(machine: Machine, { rotation }: Act<'drop'>): RotationRecord {
  const record = new RotationRecord(machine, rotation);
  if (record.read('armed') !== null || record.read('renamed') !== null)
    throw new Refused('too-late', 'It was decided already: from here on it only goes forward.');
  const staged = record.read('staged');
  if (staged !== null)
    withFolder(machine, staged.path, 'change', (held) => removeBeside(held, staged.beside));
  return record;
}

export const now = () => new Date().toISOString();
