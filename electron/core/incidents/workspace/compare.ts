import { decodePath } from '#core/facts/script/decode.ts';
import type { AgentPlaces } from '#core/incidents/evidence/places.ts';
import type { FileDeed, FileState, WorkspaceChange } from '#shared/domain/incident/workspace.ts';
import { visible } from '#shared/domain/text.ts';
import { importanceOf, importanceRank } from './importance.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** Changes that are listed; all of them are counted. */
export const MOST_CHANGES = 5_000;

/** Programs that set a time back do it to a millisecond. */
const SET_BACK_MS = 1;

export interface Compared {
  changes: WorkspaceChange[];
  total: number;
  /** Files of which the content could not be compared, though nothing else of them moved. */
  uncompared: number;
}

/** A change before it is written out: of a hundred thousand only the first are. */
interface Found {
  path: string;
  deeds: FileDeed[];
  before: TreeEntry | null;
  now: TreeEntry | null;
  forged: boolean;
  why: string;
}

/**
 * What changed between a baseline and now. A folder is compared by mode and owner only: what is in it is compared itself. A time that moved
 * while the content stayed is no change.
 */
export function compareTrees(before: Tree, now: Tree, places: AgentPlaces): Compared {
  const found: Found[] = [];
  let uncompared = 0;
  const hidden = closedNow(before, now);
  for (const [path, entry] of now.entries) {
    const former = before.entries.get(path);
    if (former === undefined) {
      // What the baseline could not see was there already, for all that is known.
      if (before.whole && !isBelow(path, before.closed))
        found.push({ path, deeds: ['created'], before: null, now: entry, forged: false, why: '' });
      continue;
    }
    const { deeds, why, blind } = deedsOf(former, entry);
    if (blind) uncompared += 1;
    if (deeds.length === 0) continue;
    const forged =
      deeds.includes('changed') && entry.kind === 'file' && entry.modified <= former.modified + SET_BACK_MS;
    found.push({ path, deeds, before: former, now: entry, forged, why });
  }
  if (now.whole)
    for (const [path, former] of before.entries)
      if (!now.entries.has(path) && !isBelow(path, hidden))
        found.push({ path, deeds: ['deleted'], before: former, now: null, forged: false, why: '' });
  return { ...written(found, places), uncompared };
}

/**
 * What was made or changed since an instant, by the times that the file system has: with no baseline nothing is known of what it was.
 * @param since milliseconds since 1970, by the clock of the node
 */
export function changedSince(now: Tree, since: number, places: AgentPlaces): Compared {
  const found: Found[] = [];
  for (const [path, entry] of now.entries) {
    if (entry.changed < since && entry.modified < since) continue;
    const born = entry.born !== null && entry.born >= since;
    // The time of a folder moves with what is in it, which is listed itself.
    if (entry.kind === 'folder' && !born) continue;
    const set = entry.modified < since && entry.kind === 'file';
    const why = born
      ? ''
      : set
        ? 'Its content, mode, owner or name changed; its own time is older, as it is after copying or when it was set back.'
        : 'Without a baseline it is not known what it was before.';
    found.push({ path, deeds: [born ? 'created' : 'changed'], before: null, now: entry, forged: false, why });
  }
  return { ...written(found, places), uncompared: 0 };
}

function deedsOf(before: TreeEntry, now: TreeEntry): { deeds: FileDeed[]; why: string; blind: boolean } {
  const deeds: FileDeed[] = [];
  if (before.kind !== now.kind) return { deeds: ['kind'], why: '', blind: false };
  let why = '';
  let blind = false;
  if (now.kind === 'link' && before.target !== now.target) deeds.push('changed');
  if (now.kind === 'file') {
    if (before.sha256 !== null && now.sha256 !== null) {
      if (before.sha256 !== now.sha256) deeds.push('changed');
    } else if (before.size !== now.size || before.modified !== now.modified || before.inode !== now.inode) {
      deeds.push('changed');
      why = 'Its content could not be compared; its size, its time or the file itself is another one.';
    } else if (
      before.changed !== now.changed &&
      before.mode === now.mode &&
      before.uid === now.uid &&
      before.gid === now.gid
    ) {
      deeds.push('changed');
      why = 'Its content could not be compared; its time of change moved.';
    } else blind = true;
  }
  if (now.kind !== 'link' && before.mode !== now.mode) deeds.push('mode');
  if (before.uid !== now.uid || before.gid !== now.gid) deeds.push('owner');
  return { deeds, why, blind };
}

/** Folders that could be looked into for the baseline, and cannot be now. */
function closedNow(before: Tree, now: Tree): string[] {
  const former = new Set(before.closed);
  return now.closed.filter((path) => !former.has(path));
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

function written(found: Found[], places: AgentPlaces): Pick<Compared, 'changes' | 'total'> {
  const ranked = found.map((one) => {
    const entry = one.now ?? one.before;
    const importance = entry === null ? ('other' as const) : importanceOf(one.path, entry, places);
    return { one, importance, rank: importanceRank(importance), at: one.now?.changed ?? 0 };
  });
  ranked.sort((a, b) => a.rank - b.rank || b.at - a.at || (a.one.path < b.one.path ? -1 : 1));
  const changes = ranked.slice(0, MOST_CHANGES).map(
    ({ one, importance }): WorkspaceChange => ({
      path: shownPath(one.path),
      deeds: one.deeds,
      importance,
      before: one.before === null ? null : stateOf(one.before),
      now: one.now === null ? null : stateOf(one.now),
      forged: one.forged,
      why: one.why,
    }),
  );
  return { changes, total: found.length };
}

/** @returns a path of bytes as a person sees it: nothing in it is unseen */
export function shownPath(path: string): string {
  return visible(decodePath(Buffer.from(path, 'latin1'))).slice(0, 16_384);
}

function stateOf(entry: TreeEntry): FileState {
  return {
    kind: entry.kind,
    size: entry.size,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    modifiedAt: instantOf(entry.modified),
    changedAt: instantOf(entry.changed),
    sha256: entry.sha256,
    target: entry.target === null ? null : shownPath(entry.target).slice(0, 4_096),
  };
}

/** A time of a file may be anything: what ISO 8601 cannot say in four digits is not said. */
function instantOf(milliseconds: number): string | null {
  return milliseconds >= 0 && milliseconds < 253_402_300_800_000
    ? new Date(Math.floor(milliseconds)).toISOString()
    : null;
}
