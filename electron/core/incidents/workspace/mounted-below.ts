import type { ScriptRecord } from '#core/facts/script/records.ts';
import { word } from '#core/incidents/evidence/places.ts';

/** What is read of /proc/self/mountinfo at most, in bytes; a longer list counts as not known. */
const MOST_BYTES = 2_097_152;

/**
 * A fragment that tells what `mountedBelow` reads: which file systems are mounted, and where these places really lie. It is to run before
 * whatever reads them without going to other file systems.
 */
export function mountsScript(roots: readonly string[]): string {
  const places = roots.map(word).join(' ');
  return `limited 2 readlink -f -- ${places} 2>/dev/null </dev/null | emit_content roots
[ -r /proc/self/mountinfo ] && head -c ${MOST_BYTES} /proc/self/mountinfo | emit_content mountinfo
`;
}

/**
 * @param records what the fragment told, and whatever else
 * @returns as `mountedBelow` does
 */
export function readMounted(roots: readonly string[], records: readonly ScriptRecord[]): string[] | null {
  const told = (tag: string): string | null =>
    records.find((record) => record.tag === tag)?.fields[0]?.toString('latin1') ?? null;
  return mountedBelow([...roots, ...(told('roots') ?? '').split('\n').filter(Boolean)], told('mountinfo'));
}

/**
 * Which file systems are mounted below some places: a search that stays on one file system does not see what is in them
 * (proc_pid_mountinfo(5)). One of the same device is seen, save where a device has many file systems.
 * @param roots as the script was given them, and as it found them; one character a byte
 * @param mountinfo hostile
 * @returns mount points, one character a byte, in order; null where it cannot be known
 */
export function mountedBelow(roots: readonly string[], mountinfo: string | null): string[] | null {
  if (mountinfo === null || mountinfo === '' || mountinfo.length >= MOST_BYTES) return null;
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    const [device, path] = [words[2], words[4]];
    if (dash < 0 || device === undefined || path === undefined || !path.startsWith('/')) return [];
    return [{ device, path: unescaped(path), many: words[dash + 1] === 'btrfs' }];
  });
  const places = new Set(roots.map((root) => root.replace(/\/+$/, '') || '/'));
  const found = new Set<string>();
  for (const place of places) {
    // The one mounted last is the one that is seen.
    const under = mounts
      .filter(({ path }) => path === place || isBelow(place, path))
      .reduce<(typeof mounts)[number] | null>(
        (best, one) => (best === null || one.path.length >= best.path.length ? one : best),
        null,
      );
    for (const one of mounts)
      if (isBelow(one.path, place) && !places.has(one.path) && (one.many || one.device !== under?.device))
        found.add(one.path);
  }
  return [...found].sort();
}

function isBelow(path: string, folder: string): boolean {
  return path.length > folder.length && path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Space, tab, line end and backslash are octal there. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8) & 0xff),
  );
}
