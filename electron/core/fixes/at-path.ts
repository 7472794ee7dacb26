import { createHash } from 'node:crypto';
import type { Expected, Ownership, PathState } from '#shared/domain/helper/targets.ts';
import { visible } from '#shared/domain/text.ts';
import type { FixInput } from './fix.ts';

type States = Pick<FixInput, 'states'>;

/** SHA-256 of text as UTF-8, 64 hex digits. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** What the helper saw at a path; null where it did not look, as in a preview. */
export function stateAt({ states }: States, path: string): PathState | null {
  return states.get(path) ?? null;
}

/** Whether nothing is allowed on the node yet: the plan is for reading, and what is there was not seen. */
export function isPreview({ states }: States): boolean {
  return states.size === 0;
}

/** What a step has to find at a path, so that it refuses when that changed since. In a preview anything. */
export function expectedAt(input: States, path: string): Expected {
  const state = stateAt(input, path);
  if (state === null || state.kind === 'other' || state.kind === 'unseen') return { kind: 'any' };
  if (state.kind === 'absent') return { kind: 'absent' };
  const { uid, gid, mode } = state;
  return state.kind === 'file'
    ? { kind: 'file', sha256: state.sha256, uid, gid, mode }
    : { kind: 'directory', uid, gid, mode };
}

/** What a plan needs at a path: a file or folder of its kind, or nothing at all. */
export interface Needed {
  path: string;
  kind: 'file' | 'directory';
  /** It has to be there, or must not be; left out when both will do. */
  there?: boolean;
}

const LINK_WORDS = { link: 'a link', device: 'a device', socket: 'a socket', fifo: 'a pipe' } as const;

function obstacle(input: States, { path, kind, there }: Needed): string | null {
  const state = stateAt(input, path);
  const shown = visible(path);
  if (state === null) return `What is at ${shown} was not looked at. Make the plan again.`;
  if (state.kind === 'unseen') return `What is at ${shown} could not be looked at: ${visible(state.why)}.`;
  if (state.kind === 'other')
    return `At ${shown} lies ${LINK_WORDS[state.what]}, which no program follows or replaces. Look at it yourself first.`;
  if (state.kind === 'absent')
    return there === true ? `${shown} is not there any more. Look at this node again.` : null;
  if (there === false)
    return `${shown} is there already, and nothing that others made is replaced. Look at it yourself first.`;
  if (state.kind !== kind)
    return `At ${shown} lies a ${state.kind === 'file' ? 'file' : 'folder'}, where a ${kind === 'file' ? 'file' : 'folder'} is needed. Look at it yourself first.`;
  return state.immutable
    ? `${shown} is marked as not to be changed (chattr). Take that mark away first, if you put it there.`
    : null;
}

/** Why a plan cannot work with what lies at its paths, in one or two sentences; null when it can, and in a preview. */
export function obstacleAt(input: States, needed: readonly Needed[]): string | null {
  if (isPreview(input)) return null;
  for (const one of needed) {
    const why = obstacle(input, one);
    if (why !== null) return why;
  }
  return null;
}

/** Whether a path is a file with exactly this text and ownership already. */
export function isWritten(input: States, path: string, text: string, own: Ownership): boolean {
  const state = stateAt(input, path);
  return (
    state?.kind === 'file' &&
    state.sha256 === sha256Of(text) &&
    state.uid === own.uid &&
    state.gid === own.gid &&
    state.mode === own.mode
  );
}
