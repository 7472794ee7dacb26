import { END, PRELUDE } from '../../script/prelude.ts';
import { ASKED_PROPERTIES, UNIT_PATTERNS } from './properties.ts';

const PATTERNS = UNIT_PATTERNS.map((pattern) => `'${pattern}'`).join(' ');

/**
 * Asks the system's manager and every running user manager; then reads units of mycoSwarm that no manager has loaded
 * from disk (a stopped user manager, no systemd at all, a link to nowhere). The client for a user's manager runs as that
 * user, so that what the user's bus answers meets no rights of root. Of environment files only names leave the node.
 */
export const UNITS_SCRIPT = `${PRELUDE}
in_time() { [ "$?" -lt 124 ] || printf '\\n%s\\n' "$1"; }
sc() { limit 3 systemctl --no-pager --no-ask-password "$@" </dev/null 2>/dev/null; }
ask_as() { limit 3 setpriv --reuid "$1" --regid "$2" --clear-groups --inh-caps=-all env -i PATH="$PATH" XDG_RUNTIME_DIR="/run/user/$1" systemctl --user --no-pager "$3" "$4" -- "$5" </dev/null 2>/dev/null; }
env_names() { # paths on standard input; only names leave the node
  sed 's/ (ignore_errors=.*//; s/^-//' | awk '/^\\// && !known[$0]++ && ++count <= 32' | while IFS= read -r place; do
    folder=$(dirname -- "$place")
    read_file / "\${folder#/}" "$(basename -- "$place")" 65536 | sed -n 's/^[[:space:]]*\\(export[[:space:]]\\{1,\\}\\)\\{0,1\\}\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\2/p' | head -n 128 | while IFS= read -r name; do
      emit environment "$place" "$name"
    done
  done
}
if has systemctl && [ -d /run/systemd/system ]; then
  version=$(systemctl --version 2>/dev/null | head -n 1)
  emit systemd yes "$version"
  { sc list-units --all --plain --no-legend --full ${PATTERNS}; in_time '?late'
    sc list-unit-files --no-legend --full ${PATTERNS}; in_time '?late'
    limit 2 grep -lsE -- 'mycoswarm|ollama' /etc/systemd/system/*.service /usr/local/lib/systemd/system/*.service /usr/lib/systemd/system/*.service 2>/dev/null | sed 's,.*/,,'
  } | awk '$1 == "?late" { print; next } $1 ~ /^[A-Za-z0-9:_.@\\\\-]+$/ && $1 !~ /@\\./ && !known[$1]++ && ++count <= 96 { print $1 }' | while IFS= read -r unit; do
    if [ "$unit" = '?late' ]; then emit late system; continue; fi
    emit show "$unit" system "$(told sc show --property=${ASKED_PROPERTIES} -- "$unit" | head -c 131072)"
    sc show --value --property=EnvironmentFiles -- "$unit" | env_names
    emit text "$unit" system "$(told sc cat -- "$unit" | head -c 262144)"
  done
else
  emit systemd no "$(systemctl --version 2>/dev/null | head -n 1)"
fi
if has systemctl; then
  own=$node_uid
  for manager in /run/user/*; do
    owner=\${manager#/run/user/}
    case $owner in '' | *[!0-9]*) continue ;; esac
    [ "$own" = 0 ] || [ "$owner" = "$own" ] || continue
    [ -S "$manager/systemd/private" ] || [ -S "$manager/bus" ] || continue
    group=$(limit 1 getent passwd "$owner" | cut -d: -f4)
    if [ "$own" = 0 ] && [ "$owner" != 0 ]; then has setpriv || continue; client() { ask_as "$owner" "\${group:-$owner}" "$@"; }
    else client() { XDG_RUNTIME_DIR="$manager" limit 3 systemctl --user --no-pager "$1" "$2" -- "$3" </dev/null 2>/dev/null; }; fi
    { client list-units --all 'mycoswarm*'; in_time late.service; client list-units --all 'ollama*'; in_time late.service; client list-unit-files --no-legend 'mycoswarm*'; in_time late.service; } | tr -cd 'A-Za-z0-9:_.@\\n -' | awk '{ for (at = 1; at <= 2; at++) if ($at ~ /\\.(service|timer|socket)$/ && !known[$at]++ && ++count <= 16) print $at }' | while IFS= read -r unit; do
      if [ "$unit" = late.service ]; then emit late "$owner"; continue; fi
      told client show --property=${ASKED_PROPERTIES} "$unit" | head -c 131072 | emit_content show "$unit" "$owner"
      told client cat --no-legend "$unit" | head -c 262144 | emit_content text "$unit" "$owner"
    done
  done
fi
file_unit() { # BASE REST NAME SCOPE: nothing below BASE is reached through a link, other than a unit of the system itself
  ( enter "$1" "$2" || exit 0
    folder=$(pwd -P); target=$(readlink "./$3"); state=other
    if [ -L "./$3" ]; then [ -e "./$3" ] && state=link || state=dangling
    elif [ -f "./$3" ]; then state=file; fi
    [ "$target" != /dev/null ] || state=masked
    wanted=no; for link in ./*.wants/"$3"; do [ ! -L "$link" ] || wanted=yes; done
    emit file "$3" "$4" "$folder/$3" "$state" "$target" "$wanted"
    if [ "$state" = file ]; then
      read_here "$3" 262144 | sed -n 's/^[[:space:]]*EnvironmentFile=//p' | env_names
      read_here "$3" 262144 | emit_content filetext "$3" "$4" "$folder/$3"
    elif [ "$state" = link ] && [ "$4" = system ]; then
      whole=$(readlink -f "./$3"); place=$(dirname -- "$whole")
      read_file / "\${place#/}" "$(basename -- "$whole")" 262144 | emit_content filetext "$3" "$4" "$folder/$3"
    fi
    [ ! -L "./$3.d" ] && enter . "$3.d" || exit 0
    for drop in *.conf; do
      [ ! -f "$drop" ] || read_here "$drop" 65536 | emit_content drop "$3" "$4" "$folder/$3.d/$drop"
    done ) </dev/null
}
for folder in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system; do
  for unit in "$folder"/mycoswarm*.service; do
    if [ -e "$unit" ] || [ -L "$unit" ]; then file_unit / "\${folder#/}" "\${unit##*/}" system; fi
  done
done
IFS='
'; set -f
set -- $({ limit 2 getent passwd || { echo; cat /etc/passwd; }; } 2>/dev/null </dev/null | awk -F: '$6 ~ /^\\/./ && $6 !~ /^\\/(proc|sys|dev|run|bin|sbin|usr|nonexistent)(\\/|$)/ && !known[$6]++ && ++count <= 64 { print $3 ":" $6 }')
set +f; unset IFS
homes_of() { for line do shift; set -- "$@" "\${line#*:}"; done; answer "$@"; }
if [ "$#" -eq 0 ] || homes_of "$@"; then every=yes; else every=; fi
for line do
  home=\${line#*:}
  [ -n "$every" ] || answer "$home" || continue
  for unit in "$home"/.config/systemd/user/mycoswarm*.service; do
    if [ -f "$unit" ] || [ -L "$unit" ]; then file_unit "$home" .config/systemd/user "\${unit##*/}" "\${line%%:*}"; fi
  done
done
${END}`;
