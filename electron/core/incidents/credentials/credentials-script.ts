import { END, PRELUDE } from '#core/facts/script/prelude.ts';
import { type AgentPlaces, word } from '#core/incidents/evidence/places.ts';
import { CREDENTIAL_FILES } from './known-credentials.ts';

/** Homes of a node that are looked at. */
const MOST_HOMES = 100;

/**
 * Looks whether files are there, in all homes, and whether the agents' account can read them: `@file:5 number path owner mode reach`, where reach is
 * `readable` as tried with the rights of that account, or `unknown` where this could not be tried. No file is opened. Names of variables
 * of running agents come as `@variable:2 pid name`.
 */
export function credentialsScript(places: AgentPlaces): string {
  const uid = places.uids[0];
  const searches = CREDENTIAL_FILES.map(({ path }, number) => {
    const depth = path.split('/').length;
    const form = path.replace(/[[\]\\?]/g, '\\$&');
    // A pattern is matched against a path of just as many names.
    return path.includes('*')
      ? `  limit 3 find . -xdev -mindepth ${depth} -maxdepth ${depth} -type f -path ${word(`./${form}`)} -print0 2>/dev/null | head -z -n 50 | tr '\\n\\000' '\\001\\n' | while IFS= read -r found; do one ${number} "\${found#./}"; done\n`
      : `  [ ! -f ${word(`./${path}`)} ] || one ${number} ${word(path)}\n`;
  }).join('');
  const agents = uid === undefined ? '' : `agent=${uid}\n`;
  return `${PRELUDE}${agents}
readable() { # PATH: may the account of the agents read it? By what the kernel says when that account asks.
  [ -n "$agent" ] || { printf unknown; return; }
  if [ "$node_uid" = "$agent" ]; then [ -r "$1" ] && printf readable || printf closed; return; fi
  [ "$node_uid" = 0 ] && has setpriv || { printf unknown; return; }
  group=$(getent passwd "$agent" 2>/dev/null | cut -d: -f4); groups=--init-groups; [ -n "$group" ] || { group=$agent; groups=--clear-groups; }
  limit 2 setpriv --reuid "$agent" --regid "$group" "$groups" --inh-caps=-all --no-new-privs /usr/bin/test -r "$1" </dev/null 2>/dev/null && printf readable || printf closed
}
one() { # NUMBER PATH
  case $2 in *"$line_end"*) return ;; esac
  case $2 in *.pub | *known_hosts*) return ;; esac
  reach=$(readable "$home/$2")
  [ "$reach" = closed ] || emit file "$1" "$home/$2" "$(stat -c '%u %a' -- "./$2" 2>/dev/null)" "$reach"
}
line_end=$(printf '\\001')
look() { # HOME
  home=\${1%/}
  [ -d "$1" ] || { known_missing "$1" || emit closed "$1"; return 0; }
  ( cd -P -- "$1" 2>/dev/null && [ -r . ] || { emit closed "$1"; exit 0; }
${searches}  ) </dev/null
}
{ ${places.homes.map((home) => `printf '%s\\n' ${word(home)}; `).join('')}getent passwd | awk -F: '($3 == 0 || $3 >= 1000) && $3 != 65534 && $6 ~ /^\\/./ { print $6 }'; } | awk '!known[$0]++' | head -n ${MOST_HOMES} | while IFS= read -r place; do look "$place"; done
${places.configurationFolders.map((folder) => `[ ! -f ${word(`${folder}/swarm-token`)} ] || emit token ${word(`${folder}/swarm-token`)}\n`).join('')}${
  places.uids.length === 0
    ? ''
    : `for process in /proc/[0-9]*; do
  owner=$(stat -c %u "$process" 2>/dev/null) || continue
  case ' ${places.uids.join(' ')} ' in *" $owner "*) ;; *) continue ;; esac
  if [ ! -r "$process/environ" ]; then emit hidden "\${process#/proc/}"; continue; fi
  tr '\\n\\000' ' \\n' < "$process/environ" 2>/dev/null | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=..*/\\1/p' | head -n 512 | while IFS= read -r name; do emit variable "\${process#/proc/}" "$name"; done
done
`
}${END}`;
}
