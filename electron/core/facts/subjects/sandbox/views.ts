import type { SandboxFacts } from '#shared/domain/facts/software.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext } from '../../collector.ts';
import { decodeNumber, decodePath } from '../../script/decode.ts';
import type { ScriptRecord } from '../../script/records.ts';
import { unescapeMount } from '../mounts.ts';

type View = NonNullable<SandboxFacts['instances'][number]['views']>[number];

/** Bytes of a list of mounts; one that is longer counts as not read. */
export const MOST_OF_A_VIEW = 524_288;
const MOST_VIEWS = 8;
const MOST_MOUNTS = 4_096;

/** One process for each view of files that an installation has; those that started the others come first. */
export function pidsToView({ pids }: InstanceProfile, context: CollectContext): number[] {
  const own =
    context.seen.processes?.state === 'seen'
      ? context.seen.processes.value.processes.filter(({ pid }) => pids.includes(pid))
      : [];
  const views = new Set<string>();
  return own
    .sort((a, b) => Number(pids.includes(a.parent)) - Number(pids.includes(b.parent)) || a.pid - b.pid)
    .filter(({ pid, namespaces }) => {
      const view = namespaces?.mnt ?? `of ${pid}`;
      return !views.has(view) && views.add(view);
    })
    .map(({ pid }) => pid)
    .slice(0, MOST_VIEWS);
}

interface Line {
  id: string;
  parent: string;
  path: string;
  writable: boolean;
}

/** Whether something mounted later lies over the place of a mount, so that no path leads to it. */
function isHidden(
  line: Line,
  byId: ReadonlyMap<string, Line>,
  byParent: ReadonlyMap<string, Line[]>,
): boolean {
  const passed = new Set<string>();
  for (let at: Line | undefined = line; at !== undefined && !passed.has(at.id); at = byId.get(at.parent)) {
    passed.add(at.id);
    const { id, path, parent } = at;
    // On the way to it, or, for the mount itself, right on top of it.
    if (byParent.get(parent)?.some((other) => other.id !== id && path.startsWith(`${other.path}/`)))
      return true;
    if (at === line && byParent.get(id)?.some((other) => other.path === path)) return true;
  }
  return false;
}

/**
 * Mounts of /proc/PID/mountinfo to which a path leads (proc_pid_mountinfo(5)). A mount can be written when neither it nor its file
 * system is read-only.
 * @returns null where the list is cut, empty, or has a line of another shape: what is missing could be writable
 */
export function visibleMounts(bytes: Buffer): View['mounts'] | null {
  if (bytes.length === 0 || bytes.length >= MOST_OF_A_VIEW) return null;
  const lines: Line[] = [];
  for (const text of bytes.toString('latin1').split('\n').filter(Boolean)) {
    const words = text.split(' ');
    const dash = words.indexOf('-', 6);
    const [id = '', parent = '', , , path = '', options = ''] = words;
    if (dash < 0 || !path.startsWith('/') || !/^\d+$/.test(id) || lines.length === MOST_MOUNTS) return null;
    const all = [options, words[dash + 3] ?? ''].map((list) => list.split(','));
    lines.push({ id, parent, path, writable: all.every((list) => !list.includes('ro')) });
  }
  const byId = new Map(lines.map((line) => [line.id, line]));
  const byParent = new Map<string, Line[]>();
  for (const line of lines) {
    const same = byParent.get(line.parent);
    if (same === undefined) byParent.set(line.parent, [line]);
    else same.push(line);
  }
  return lines
    .filter((line) => !isHidden(line, byId, byParent))
    .map(({ path, writable }) => ({
      path: decodePath(unescapeMount(Buffer.from(path, 'latin1'))),
      writable,
    }));
}

/** Views that the node printed for the instance with that number; null where one of those asked for was not read. */
export function viewsIn(
  records: readonly ScriptRecord[],
  at: number,
  pids: readonly number[],
): View[] | null {
  const found: View[] = [];
  for (const pid of pids) {
    const record = records.find(
      ({ tag, fields }) =>
        tag === 'view' && fields[0]?.toString('latin1') === `${at}` && decodeNumber(fields[1]) === pid,
    );
    const mounts = visibleMounts(record?.fields[2] ?? Buffer.alloc(0));
    if (mounts === null) return null;
    found.push({ pid, mounts });
  }
  return found;
}
