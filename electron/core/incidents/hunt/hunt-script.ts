import { END, PRELUDE } from '#core/facts/script/prelude.ts';
import { quote } from '#core/hosts/quote.ts';
import { type AgentPlaces, word } from '#core/incidents/evidence/places.ts';
import { mountsScript } from '#core/incidents/workspace/mounted-below.ts';
import { watchedPlaces } from '#core/incidents/workspace/watched-places.ts';

/** Seconds that the search itself may take on a node; the whole hunt answers within ten. */
const SECONDS = 6;

/** Where something that was brought in is put besides the places of the agent. */
const DROPPED = ['/tmp', '/var/tmp', '/dev/shm', '/usr/local/bin', '/opt'];

const FIELDS = "-printf '@f:3\\0%y %s %m %U %G %T@ %C@ %B@ %i\\0%p\\0%l\\0'";

/** @returns where files are hashed: places of the agent first, for time may be over before the others */
export function huntedPlaces(places: AgentPlaces): string[] {
  return [...watchedPlaces(places, false), ...DROPPED];
}

/**
 * Hashes files there and gives those with this hash (`@hit:1 path`), how many were hashed (`@looked:1`), and whether that was
 * all (`@all:0`); before, what is mounted below (`mountsScript`). Files over 64 MiB are left out.
 */
export function hashHunt(sha256: string, places: AgentPlaces): string {
  const all = huntedPlaces(places);
  const roots = all.map(word).join(' ');
  return `${PRELUDE}has sha256sum && has xargs && has find || exit 3
sha256sum -z /dev/null >/dev/null 2>&1 || exit 4
${mountsScript(all)}began=$(date +%s)
{
  { limit ${SECONDS} find ${roots} -xdev -type f -size -65537k -print0 2>/dev/null
    stat -L -c '%d:%i %n' /proc/[0-9]*/exe 2>/dev/null | awk '!known[$1]++ { print $2 }' | tr '\\n' '\\000'
  } | limit ${SECONDS} xargs -0 -r -n 100 sha256sum -z -- 2>/dev/null
  status=$?; [ "$(($(date +%s) - began))" -lt ${SECONDS} ] || status=137
  printf '=hashed= %s\\000' "$status"
} | tr '\\n\\000' '\\001\\n' | awk -v "wanted=${sha256}" '
  substr($0, 1, 64) == wanted { print "@hit:1"; print substr($0, 67); looked++; next }
  /^=hashed= / { whole = $2 != 137 && $2 != 124; next }
  { looked++ }
  END { print "@looked:1"; print looked + 0; if (whole) print "@all:0" }' | tr '\\n\\001' '\\000\\n'
${END}`;
}

/** A way with signs: the folder before the first sign, how many names follow, and the pattern for find(1). */
export interface PathPattern {
  base: string;
  depth: number;
  pattern: string;
}

/** @returns a path with `*` and `?` as find(1) is asked for it; each sign stands for something within one name */
export function pathPattern(path: string): PathPattern {
  const names = path.replace(/\/+/g, '/').replace(/\/$/, '').split('/').slice(1);
  const sign = names.findIndex((name) => /[*?]/.test(name));
  const plain = sign < 0 ? names : names.slice(0, sign);
  const escaped = (name: string): string => name.replace(/[[\]\\]/g, '\\$&');
  const literal = (name: string): string => name.replace(/[[\]\\*?]/g, '\\$&');
  const rest = names.slice(plain.length);
  return {
    base: `/${plain.join('/')}`,
    depth: rest.length,
    pattern: `/${[...plain.map(literal), ...rest.map(escaped)].join('/')}`,
  };
}

/** @returns a script that lists what lies at a path, as `listScript` does, or why the path cannot be part of a command */
export function pathHunt(path: string): { ok: true; script: string } | { ok: false; why: string } {
  const { base, depth, pattern } = pathPattern(path);
  const [place, form] = [quote(base), quote(pattern)];
  if (!place.ok) return { ok: false, why: place.reason };
  if (!form.ok) return { ok: false, why: form.reason };
  const find =
    depth === 0
      ? `find ${place.text} -maxdepth 0 ${FIELDS}`
      : `find ${place.text} -mindepth ${depth} -maxdepth ${depth} -path ${form.text} ${FIELDS}`;
  return {
    ok: true,
    script: `${PRELUDE}has find || exit 3
if [ ! -e ${place.text} ] && [ ! -L ${place.text} ]; then known_missing ${place.text} || emit closed ${place.text}; emit end; exit 0; fi
{ limit ${SECONDS} ${find} 2>/dev/null; status=$?; [ "$status" = 0 ] || printf '@closed:1\\000%s\\000' ${place.text}; [ "$status" -lt 124 ] && printf '@end:0\\000'; } | head -c 4194304
`,
  };
}

/** Connections that are there now, and what names stand for on the node; the console compares. */
export function destinationHunt(): string {
  return `${PRELUDE}
if has ss; then limit ${SECONDS} ss -Htunapo 2>/dev/null | head -c 2097152 | emit_content sockets; else emit lacks ss; fi
if [ -r /proc/net/nf_conntrack ]; then head -c 2097152 /proc/net/nf_conntrack | emit_content tracked
elif has conntrack; then limit 4 conntrack -L 2>/dev/null | head -c 2097152 | emit_content tracked; fi
head -c 262144 /etc/hosts 2>/dev/null | emit_content hosts
${END}`;
}
