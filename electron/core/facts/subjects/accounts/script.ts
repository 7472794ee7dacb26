import { quote } from '#core/hosts/quote.ts';
import type { CollectContext } from '../../collector.ts';
import { CONSOLE_SESSIONS } from '../../script/console-sessions.ts';
import { END, PRELUDE } from '../../script/prelude.ts';
import { mountPoints } from '../files/asked-paths.ts';
import { planFiles } from '../files/script.ts';
import { literalPattern, walkRoots } from '../files/walk-script.ts';
import { ELEVATION } from './elevation-script.ts';
import { HOMES } from './homes-script.ts';
import { KEYS } from './keys-script.ts';
import { PROGRAMS, walkedForPrograms } from './programs-script.ts';
import { SUDOERS } from './sudoers-script.ts';

const NEWLINE = `newline='
'
`;

/** The search for programs takes longer than all else together, and nobody waits for it. */
export const PROGRAMS_SCRIPT = `${PRELUDE}${NEWLINE}${PROGRAMS}find_programs </dev/null
emit programs-end
`;

/**
 * The same for /home, once the installations are known: what of it is walked for their files is left out here, and told by
 * that walk. `home-programs-end NUMBER` says how many walks that are.
 */
export function homeProgramsScript(context: CollectContext): string {
  const roots = walkRoots(planFiles(context).trees);
  const walked = walkedForPrograms(roots, mountPoints(context.seen));
  const patterns = roots
    .filter((_, walk) => walked[walk])
    .flatMap((root) => {
      const pattern = quote(literalPattern(root));
      return pattern.ok ? [pattern.text] : [];
    });
  const words = patterns.map((pattern) => ` -o -path ${pattern}`).join('');
  return `${PRELUDE}${NEWLINE}${PROGRAMS}find_home_programs${words} </dev/null
emit home-programs-end ${patterns.length}
`;
}

/** Password hashes never leave the node, only what can be done with them. */
export const ACCOUNTS_SCRIPT = `${PRELUDE}${NEWLINE}
database() { # NAME SECONDS: what a directory tells besides the file is not known where getent gave no whole answer
  limit "$2" getent "$1" 2>/dev/null || { printf '\\n'; ! has getent || echo '?partial'; cat "/etc/$1"; }
}
passwd=$(database passwd 3 | head -n 4096)
emit passwd "$passwd"
emit group "$(database group 2 | head -c 1048576)"
if [ -r /etc/shadow ]; then
  shadow=$(awk -F: '{ state = "set"; if ($2 == "") state = "empty"; else if ($2 ~ /^[!*]/) state = "locked"; print $1 ":" state }' /etc/shadow 2>/dev/null) && emit shadow "$shadow"
fi
emit subuid "$(head -c 65536 /etc/subuid 2>/dev/null)"
emit subgid "$(head -c 65536 /etc/subgid 2>/dev/null)"

${SUDOERS}
${ELEVATION}
${HOMES}
${KEYS}
${CONSOLE_SESSIONS}
has who && emit who "$(who 2>/dev/null | head -n 1024 | cut -d' ' -f1)"
has last && emit last "$(TZ=UTC limit 2 last -F -w -n 4000 2>/dev/null | awk '!known[$1]++ && ++count <= 1024')"

for folder in /usr/bin /bin /usr/sbin /usr/local/bin; do
  [ -f "$folder/newuidmap" ] && emit newuidmap "$folder/newuidmap" && break
done
${END}`;
