import { chmodSync, chownSync } from 'node:fs';
import { z } from 'zod';
import type { Difference } from '#shared/domain/helper/answers.ts';
import { type Ownership, ownership, targetPath } from '#shared/domain/helper/targets.ts';
import { compareEntries, compareExpected } from '../entry/compare.ts';
import { type EntryState, entryState } from '../entry/entry-state.ts';
import { hashPlace } from '../entry/hash-place.ts';
import { withHeld } from '../entry/kept-entry.ts';
import { readPlace } from '../entry/read-entry.ts';
import { explain } from '../entry/work-folder.ts';
import { Refused } from '../refused.ts';
import { close, statOf, throughDescriptor } from '../walk/descriptor.ts';
import { fileKey, writerOf } from '../walk/open-for-writing.ts';
import { type Held, holdTarget } from '../walk/walk.ts';
import { handedOver, refuseSpecialBits, SPECIAL_BITS } from './special-bits.ts';
import { anyVerb, type Work } from './verb.ts';

const before = z.strictObject({ path: targetPath, state: entryState, wanted: ownership });
type Before = z.infer<typeof before>;

function withPlace<T>(work: Work, path: string, use: (place: number, state: EntryState, held: Held) => T): T {
  return withHeld(work, path, (held) => {
    const place = holdTarget(held);
    if (place === null) throw new Refused('not-found', `${path} is not there.`);
    try {
      return use(place, readPlace(work.machine, place, false, path).state, held);
    } finally {
      close(place);
    }
  });
}

/**
 * chown(2) and chmod(2) on the very thing that is held. chown takes setuid and setgid of a program away in the same act, and a file
 * that changes hands never gets them back: who had it until then chose what it does.
 */
function apply(work: Work, held: Held, place: number, now: EntryState, wanted: Ownership): void {
  try {
    // setgid without execution for the group would stay.
    if (now.kind === 'file' && wanted.mode !== now.mode && (now.mode & SPECIAL_BITS) !== 0)
      chmodSync(throughDescriptor(place), now.mode & (wanted.mode | ~SPECIAL_BITS));
    chownSync(throughDescriptor(place), wanted.uid, wanted.gid);
    work.machine.pause?.('owner-set');
    chmodSync(throughDescriptor(place), wanted.mode);
  } catch (thrown) {
    throw explain(work.machine, held, thrown);
  }
}

const inodeOf = (identity: string) => identity.slice(identity.indexOf(':') + 1);

/** Another inode than the one that was looked at, or one with a second name. Device numbers may change with a restart. */
function isAnother(kept: Before, now: EntryState): boolean {
  const { state } = kept;
  if (state.kind === 'absent' || state.kind === 'other' || now.kind !== state.kind) return true;
  return inodeOf(now.identity) !== inodeOf(state.identity) || (now.kind === 'file' && now.links > 1);
}

/** Another file lies there by now, or the same one under a second name too: giving it an owner could give away something else. */
const swapped = (path: string): Difference => ({
  path,
  what: 'kind',
  left: 'the one that was there',
  now: 'another in its place, or one with several names',
});

/** What undo gives back: all of it, but setuid and setgid of a file that changed hands. */
function backOf(kept: Before, now: EntryState): EntryState {
  const { state } = kept;
  if (state.kind !== 'file' || now.kind !== 'file') return state;
  return { ...state, mode: handedOver(now, state) };
}

/** Owner, group or mode that is neither what it was nor what was wanted: somebody else was here. */
function foreign(kept: Before, now: EntryState): boolean {
  const { state, wanted } = kept;
  if (state.kind === 'absent' || state.kind === 'other' || now.kind !== state.kind) return true;
  if (isAnother(kept, now)) return true;
  const mode = [state.mode, wanted.mode, state.mode & 0o1777, wanted.mode & 0o1777];
  return (
    ![state.uid, wanted.uid].includes(now.uid) ||
    ![state.gid, wanted.gid].includes(now.gid) ||
    !mode.includes(now.mode)
  );
}

/** A file that root alone can change is not that while somebody still has it open from before. */
function refuseWriter(place: number, path: string): void {
  const writer = writerOf(new Set([fileKey(statOf(place))]));
  if (writer !== null)
    throw new Refused(
      'changed-since',
      `Process ${writer.pid} has ${path} open for writing, and would keep that whoever owns the file. End it first.`,
    );
}

/** What root makes later in a folder with such a list would be open to those whom somebody else named (acl(5), default ACL). */
function refuseInherited(path: string, state: EntryState, uid: number): void {
  if (uid !== 0 || state.kind !== 'directory' || state.defaultList === null) return;
  throw new Refused(
    'unsafe-path',
    `${path} has a list of who may use everything that is made in it later (a default ACL), which stays whoever owns it. See it with getfacl, take it away with setfacl -k, then plan again.`,
  );
}

/** What undo will not give back, in a sentence. */
function markTaken({ path, state, wanted }: Before): string | null {
  if (state.kind !== 'file' || (state.mode & SPECIAL_BITS & ~wanted.mode) === 0) return null;
  return `${path} was setuid or setgid and is not any more; undo does not bring that back.`;
}

/** Owner, group and mode of one file or folder (`set-attributes` of the protocol). Contents may change meanwhile. */
export const setAttributes = anyVerb<'set-attributes', Before, EntryState>({
  verb: 'set-attributes',
  before,
  left: entryState,
  target: (action) => action.path,
  look: (action, work) =>
    withPlace(work, action.path, (place, seen) => {
      const { path, expect } = action;
      if (seen.kind === 'other')
        throw new Refused('unsafe-path', `${path} is a ${seen.what}, which is not touched.`);
      const state =
        seen.kind === 'file' && expect.kind === 'file' ? { ...seen, sha256: hashPlace(place, path) } : seen;
      const differences = compareExpected(path, expect, state);
      if (differences.length > 0)
        throw new Refused(
          'changed-since',
          `${path} is not what the plan saw. Nothing was touched.`,
          differences,
        );
      if (state.kind === 'file') {
        if (state.links > 1)
          throw new Refused(
            'unsafe-path',
            `${path} has ${state.links} names (hard links), so changing it could change something else.`,
          );
        refuseSpecialBits(path, action, state);
        if ('security.capability' in state.attributes)
          throw new Refused(
            'unsafe-path',
            `${path} has file capabilities, which a new owner would take away for good.`,
          );
      }
      const { uid, gid, mode } = action;
      refuseInherited(path, state, uid);
      return {
        path,
        state: state.kind === 'file' ? { ...state, sha256: null } : state,
        wanted: { uid, gid, mode },
      };
    }),
  perform: (action, kept, work) =>
    withPlace(work, kept.path, (place, now, held) => {
      if (foreign(kept, now))
        throw new Refused('changed-since', `${kept.path} was changed by somebody else since.`);
      const { state, wanted } = kept;
      const already =
        (state.kind === 'file' || state.kind === 'directory') &&
        state.uid === wanted.uid &&
        state.gid === wanted.gid &&
        state.mode === wanted.mode;
      if (!already) apply(work, held, place, now, action);
      if (state.kind === 'file' && state.uid !== 0 && wanted.uid === 0) refuseWriter(place, kept.path);
      const left = readPlace(work.machine, place, false, kept.path).state;
      // Until it changed hands its owner could give it such a list.
      refuseInherited(kept.path, left, wanted.uid);
      return { left, already, notUndone: markTaken(kept), output: '' };
    }),
  differences: (kept, left, work) =>
    withHeld(work, kept.path, (held) => {
      const place = holdTarget(held);
      if (place === null) return compareEntries(kept.path, left ?? kept.state, { kind: 'absent' }, []);
      try {
        const now = readPlace(work.machine, place, false, kept.path).state;
        if (compareEntries(kept.path, kept.state, now, []).length === 0) return [];
        if (isAnother(kept, now)) return [swapped(kept.path)];
        if (left === null || work.record.marked('undoing') !== null)
          return foreign(kept, now) ? compareEntries(kept.path, kept.state, now, []) : [];
        return compareEntries(kept.path, left, now, []);
      } finally {
        close(place);
      }
    }),
  takeBack: (kept, _left, work) =>
    withPlace(work, kept.path, (place, found, held) => {
      if (kept.state.kind === 'absent' || kept.state.kind === 'other') return '';
      const back = backOf(kept, found);
      if (compareEntries(kept.path, back, found, []).length > 0) {
        if (isAnother(kept, found) || back.kind === 'absent' || back.kind === 'other')
          throw new Refused('changed-since', `${kept.path} is another file by now. It was not touched.`, [
            swapped(kept.path),
          ]);
        work.record.mark('undoing', {});
        apply(work, held, place, found, back);
      }
      const now = readPlace(work.machine, place, false, kept.path).state;
      const wrong = compareEntries(kept.path, back, now, []);
      if (wrong.length > 0)
        throw new Refused('program-failed', `${kept.path} could not be made as it was.`, wrong);
      return `${kept.path} is as it was.`;
    }),
});
