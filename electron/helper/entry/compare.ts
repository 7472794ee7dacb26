import type { Difference } from '#shared/domain/helper/answers.ts';
import type { Expected } from '#shared/domain/helper/targets.ts';
import type { DirectoryState, EntryState, FileState } from './entry-state.ts';

type Owned = FileState | DirectoryState;

/** Which parts of an entry count. Contents and time of a log file change while its owner must not. */
export type Part = 'contents' | 'time';

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

/** How what is there now differs from what was left; empty when it is the same. `parts` adds contents and time. */
export function compareEntries(
  path: string,
  left: EntryState,
  now: EntryState,
  parts: readonly Part[],
): Difference[] {
  if (left.kind !== now.kind || left.kind === 'absent' || now.kind === 'absent') {
    if (left.kind === now.kind) return [];
    const what = now.kind === 'absent' ? 'missing' : left.kind === 'absent' ? 'added' : 'kind';
    return [{ path, what, left: left.kind, now: now.kind }];
  }
  if (left.kind === 'other' || now.kind === 'other') {
    const same = left.kind === now.kind && left.identity === now.identity;
    return same ? [] : [{ path, what: 'kind', left: wordsOf(left), now: wordsOf(now) }];
  }
  const differences = compareOwned(path, left, now);
  if (left.kind !== 'file' || now.kind !== 'file') return differences;
  if (parts.includes('contents') && left.sha256 !== now.sha256)
    differences.push({
      path,
      what: 'contents',
      left: `${left.size} bytes, SHA-256 ${left.sha256}`,
      now: `${now.size} bytes, SHA-256 ${now.sha256}`,
    });
  if (parts.includes('time') && left.modified !== now.modified)
    differences.push({ path, what: 'time', left: left.modified, now: now.modified });
  return differences;
}

function compareOwned(path: string, left: Owned, now: Owned): Difference[] {
  const differences: Difference[] = [];
  const note = (what: Difference['what'], was: string, is: string) => {
    if (was !== is) differences.push({ path, what, left: was.slice(0, 512), now: is.slice(0, 512) });
  };
  note('owner', String(left.uid), String(now.uid));
  note('group', String(left.gid), String(now.gid));
  note('mode', octal(left.mode), octal(now.mode));
  note('access-list', listsOf(left), listsOf(now));
  // Values can be secret: names and the fact that they differ are enough for a person.
  if (JSON.stringify(left.attributes) !== JSON.stringify(now.attributes))
    differences.push({ path, what: 'attributes', left: namesOf(left), now: namesOf(now) });
  return differences;
}

function listsOf(state: Owned): string {
  const lists = [state.accessList, state.kind === 'directory' ? state.defaultList : null];
  return lists
    .map((list) => list ?? 'none')
    .join(' / ')
    .replaceAll('\n', ' ');
}

function namesOf(state: Owned): string {
  return Object.keys(state.attributes).join(' ').slice(0, 500) || 'none';
}

function wordsOf(state: EntryState): string {
  return state.kind === 'other' ? state.what : state.kind;
}

/** How what is there differs from what the plan saw; empty when the plan still fits. */
export function compareExpected(path: string, expected: Expected, now: EntryState): Difference[] {
  if (expected.kind === 'any') return [];
  if (expected.kind !== now.kind) {
    const what = now.kind === 'absent' ? 'missing' : expected.kind === 'absent' ? 'added' : 'kind';
    return [{ path, what, left: expected.kind, now: wordsOf(now) }];
  }
  if (expected.kind === 'absent' || (now.kind !== 'file' && now.kind !== 'directory')) return [];
  const differences: Difference[] = [];
  const note = (what: Difference['what'], was: string, is: string) => {
    if (was !== is) differences.push({ path, what, left: was, now: is });
  };
  note('owner', String(expected.uid), String(now.uid));
  note('group', String(expected.gid), String(now.gid));
  note('mode', octal(expected.mode), octal(now.mode));
  if (expected.kind === 'file' && expected.sha256 !== null && now.kind === 'file' && now.sha256 !== null)
    note('contents', `SHA-256 ${expected.sha256}`, `SHA-256 ${now.sha256}`);
  return differences;
}
