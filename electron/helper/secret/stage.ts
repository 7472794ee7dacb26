import type { SecretAct } from '#shared/domain/helper/secret.ts';
import type { Machine } from '../machine.ts';
import { Refused } from '../refused.ts';
import { takeLease } from './lease.ts';
import { RotationRecord } from './rotation-record.ts';
import { hashOfBytes, readTokenFile, removeBeside, withFolder, writeBeside } from './token-file.ts';

type Act<Name extends SecretAct['act']> = Extract<SecretAct, { act: Name }>;

/** The staged file of a rotation: hidden, and never a name that mycoSwarm reads. */
export const besideName = (rotation: string) => `.swarm-token.swarmkeep-${rotation}`;

/** Puts the new secret beside the old one. Done already: nothing is written. Refuses `too-late` once it is in place. */
export function stageSecret(
  machine: Machine,
  { rotation, path, token, owner }: Act<'stage'>,
): RotationRecord {
  takeLease(machine, rotation);
  const record = new RotationRecord(machine, rotation);
  record.open();
  if (record.read('renamed') !== null) return record;
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
      // It is there already: staged, renamed, and cut off before that was noted; or given to a node that has it.
      if (known === null)
        record.mark('staged', { at: now(), path, beside, sha256, uid, gid, hadOld: record.old() !== null });
      removeBeside(held, beside);
      record.mark('renamed', { at: now() });
      return;
    }
    if (before !== null) record.keepOld(before.bytes);
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
