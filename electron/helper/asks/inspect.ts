import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { PathState } from '#shared/domain/helper/targets.ts';
import { hashPlace } from '../entry/hash-place.ts';
import { readPlace } from '../entry/read-entry.ts';
import { isImmutable } from '../entry/work-folder.ts';
import type { Machine } from '../machine.ts';
import { asRefused, Refused } from '../refused.ts';
import { close, reopenForReading } from '../walk/descriptor.ts';
import { forbiddenIdentities, refuseForbiddenFolder, refuseForbiddenPath } from '../walk/forbidden.ts';
import { readUpTo } from '../walk/read-pieces.ts';
import { type Held, holdFolder, holdTarget } from '../walk/walk.ts';

const MAX_TEXT_BYTES = 262_144;
/** What is hashed for one request at most: files with holes cost nobody anything but the time of whoever reads them. */
const MAX_HASHED_BYTES = 2 * 1024 * 1024 * 1024;

/** What is at these paths. Links are named, not followed; what cannot be seen says why. Contents only as asked. */
export function inspect(machine: Machine, paths: readonly { path: string; text: boolean }[]): HelperAnswer {
  let room = MAX_HASHED_BYTES;
  const states = paths.map(({ path, text }) => {
    const state = inspectOne(machine, path, text, room);
    if (state.kind === 'file') room -= state.size;
    return state;
  });
  return { answer: 'inspected', states };
}

function inspectOne(machine: Machine, path: string, text: boolean, room: number): PathState {
  let held: Held | null = null;
  try {
    held = holdFolder(machine, path, 'look');
    return stateOf(machine, held, path, text, room);
  } catch (thrown) {
    const refused = asRefused(thrown, path);
    if (refused.refusal === 'not-found') return { path, kind: 'absent' };
    return { path, kind: 'unseen', why: refused.message.slice(0, 256) };
  } finally {
    close(held?.folder ?? null);
  }
}

function stateOf(machine: Machine, held: Held, path: string, text: boolean, room: number): PathState {
  const place = holdTarget(held);
  if (place === null) return { path, kind: 'absent' };
  try {
    const { state } = readPlace(machine, place, false, path);
    if (state.kind === 'absent') return { path, kind: 'absent' };
    if (state.kind === 'other') return { path, kind: 'other', what: state.what };
    const { uid, gid, mode } = state;
    const lists = state.accessList !== null || (state.kind === 'directory' && state.defaultList !== null);
    const extended = lists || Object.keys(state.attributes).some((name) => name !== 'security.selinux');
    const immutable = isImmutable(machine, held.folder, held.name);
    if (state.kind === 'directory') return { path, kind: 'directory', extended, immutable, uid, gid, mode };
    const sha256 = hashPlace(place, path, Math.max(0, room));
    const shown =
      text && state.size <= MAX_TEXT_BYTES && isShown(machine, held, state.links) ? textOf(place) : null;
    return { path, kind: 'file', sha256, size: state.size, extended, immutable, uid, gid, mode, text: shown };
  } finally {
    close(place);
  }
}

/** No text of what no plan may touch, such as who may log in; another name or mount of it would be a way around. */
function isShown(machine: Machine, held: Held, links: number): boolean {
  try {
    refuseForbiddenPath(machine, held.path);
    refuseForbiddenFolder(forbiddenIdentities(machine), held.folder, held.path);
    return links === 1;
  } catch (thrown) {
    if (thrown instanceof Refused) return false;
    throw thrown;
  }
}

/** The bytes as text, or null when they are not UTF-8 or hold NUL. */
function textOf(place: number): string | null {
  const opened = reopenForReading(place);
  try {
    const bytes = readUpTo(opened, MAX_TEXT_BYTES);
    if (bytes === null || bytes.includes(0)) return null;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  } finally {
    close(opened);
  }
}
