import { AS_UID, END, PRELUDE } from '#core/facts/script/prelude.ts';
import { quote } from '#core/hosts/quote.ts';

/** Folders whose files are hashed. */
export interface RecordPlace {
  /** Folder of packages, absolute. */
  sitePackages: string;
  /** Root of the environment, whose `bin` belongs to it; null when it has none of its own. */
  root: string | null;
}

/**
 * What runs on the node. RECORDs are printed as they are; then every regular file is hashed where it lies, and links and what is closed are named: no
 * path that a RECORD gives is ever opened, so that a forged one leads nowhere. As root the files of somebody else are opened with
 * that account's rights. Compiled files are left out: Python makes them itself, and nobody records what is in them.
 */
const FUNCTIONS = `
places() { # SITE ROOT: words for find
  printf '%s\\0' "$1"
  if [ -n "$2" ] && [ -d "$2/bin" ] && [ ! -L "$2/bin" ]; then printf '%s\\0' "$2/bin"; fi
}
records() { # SITE
  as_uid "$owner" find -H "$1" -mindepth 2 -maxdepth 2 -type f -path '*.dist-info/RECORD' -size -16384k -print0 2>/dev/null | head -z -n 8192 | as_uid "$owner" xargs -0 -r awk 'FNR == 1 { print "F" FILENAME } { print "L" $0 }' 2>/dev/null | head -c 50331648 | emit_content records
  emit infos "$(as_uid "$owner" find -H "$1" -mindepth 1 -maxdepth 1 \\( -name '*.dist-info' -o -name '*.egg-info' -o -name '*.egg' \\) -printf '%f\\n' 2>/dev/null | head -n 20000)"
}
hashes() { # SITE ROOT
  places "$1" "$2" | as_uid "$owner" xargs -0 sh -c 'exec find -H "$@" \\( -type l -printf "L%p\\\\0" \\) -o \\( \\( -type d ! -executable -o ! -readable \\) -printf "U%p\\\\0" \\)' sh 2>/dev/null | head -z -n 100000
  places "$1" "$2" | as_uid "$owner" xargs -0 sh -c 'exec find -H "$@" -type f ! -name "*.pyc" -print0' sh 2>/dev/null | head -z -n 400000 | as_uid "$owner" xargs -0 -r sha256sum -z -b -- 2>/dev/null
}
verify() { # SITE ROOT
  case $1 in /*) ;; *) return 3 ;; esac
  [ -d "$1" ] || { emit missing; return 0; }
  [ -r "$1" ] && [ -x "$1" ] || { emit closed; return 0; }
  has sha256sum && has xargs || { emit lacking; return 0; }
  owner=$(stat -L -c %u "$1") || { emit missing; return 0; }
  as_prepare "$owner"
  records "$1"
  hashes "$1" "$2"
}
`;

/**
 * The script for one environment.
 * @returns null for a folder that cannot be written into a script
 */
export function recordScript({ sitePackages, root }: RecordPlace): string | null {
  const [site, base] = [quote(sitePackages), quote(root ?? '')];
  if (!site.ok || !base.ok || !sitePackages.startsWith('/')) return null;
  return `${PRELUDE}${AS_UID}${FUNCTIONS}verify ${site.text} ${base.text || "''"} </dev/null\n${END}exit 0\n`;
}
