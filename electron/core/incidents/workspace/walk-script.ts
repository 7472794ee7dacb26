import { END, PRELUDE } from '#core/facts/script/prelude.ts';
import { word } from '#core/incidents/evidence/places.ts';
import { mountsScript } from './mounted-below.ts';

/** Files up to this size are hashed, in bytes; of larger ones size and times are compared, and that is said. */
export const HASHED_BYTES = 64 * 1024 * 1024;

/** Entries that are listed at most; beyond that the list is not whole, and nothing is said of what is missing. */
export const MOST_ENTRIES = 1_000_000;

/**
 * Lists what lies below some places, without following links or going to other file systems. Each entry is a record of three
 * fields: kind, size, mode, owner, group, times of modification, change and birth, inode; path; target of a link. NUL ends every
 * field, so that no name can pose as something else.
 */
export function listScript(roots: readonly string[], setuid: boolean): string {
  const places = roots.map(word).join(' ');
  const fields = "-printf '@f:3\\0%y %s %m %U %G %T@ %C@ %B@ %i\\0%p\\0%l\\0'";
  return `${PRELUDE}has find || exit 3
${mountsScript(setuid ? [...roots, '/usr'] : roots)}for place in ${places}; do [ -e "$place" ] || [ -L "$place" ] || { known_missing "$place" && emit none "$place" || emit closed "$place"; }; done
find ${places} -xdev -type d \\( ! -readable -o ! -executable \\) -print0 2>/dev/null | head -z -n 256 | tr '\\n\\000' '\\001\\n' | while IFS= read -r closed; do emit closed "$closed"; done
find ${places} -xdev ${fields} 2>/dev/null | head -z -n ${MOST_ENTRIES * 4}
${setuid ? `find /usr -xdev -type f -perm /6000 ${fields} 2>/dev/null | head -z -n 8000\n` : ''}${END}`;
}

/**
 * Hashes the plain files there: `sha256  path NUL`. In batches, each with a limit of its own: a pipe that is put in the place of a file just
 * before it is opened holds up its batch and nothing else.
 */
export function hashScript(roots: readonly string[], setuid: boolean): string {
  const places = roots.map(word).join(' ');
  return `${PRELUDE}has sha256sum && has xargs && has find || exit 3
sha256sum -z /dev/null >/dev/null 2>&1 || exit 4
small() { find ${places} -xdev -type f -size -1025k -print0 2>/dev/null${setuid ? '; find /usr -xdev -type f -perm /6000 -size -1025k -print0 2>/dev/null' : ''}; }
small | xargs -0 -r -n 1000 timeout -s KILL 30 sha256sum -z -- 2>/dev/null
find ${places} -xdev -type f -size +1024k -size -${HASHED_BYTES / 1024 + 1}k -print0 2>/dev/null | xargs -0 -r -n 16 timeout -s KILL 30 sha256sum -z -- 2>/dev/null
printf 'end\\000'
`;
}
