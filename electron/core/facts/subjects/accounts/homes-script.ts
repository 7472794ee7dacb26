/** Things that a person keeps in a home and a service does not. Names only, as paths below the home. */
const PERSONAL_TRACES = [
  '.gnupg',
  '.password-store',
  '.mozilla',
  '.thunderbird',
  '.config/google-chrome',
  '.config/chromium',
  '.config/BraveSoftware',
  '.config/microsoft-edge',
  '.config/Signal',
  '.local/share/keyrings',
  '.local/share/evolution',
  '.kde/share/apps/kwallet',
  '.aws/credentials',
  '.kube/config',
  'snap/firefox',
  'Documents',
  'Pictures',
  'Mail',
];

/**
 * Homes are asked all at once and, when one of them hangs on a dead mount, one by one; nothing more is asked of a home
 * that did not answer. A home may be a link: asked is the folder that it leads to, as login(1) would enter it.
 * Needs `passwd` and `newline`. Records: `homes` and `modes` (lists), `reals` (where each of `homes` that answered really
 * lies, in the same order),
 * `homes-cut` where the list of them is not whole, `unknown-home HOME` where it may be there, hidden or no folder, `closed HOME`, `keys HOME NUMBER|closed`,
 * `trace HOME PATH`, `kerberos PATH`.
 */
export const HOMES = `homes=$(printf '%s\\n' "$passwd" | awk -F: '$6 ~ /^\\/./ && $6 !~ /^\\/(bin|sbin|dev|proc|sys|usr\\/s?bin|nonexistent)\\/?$/ && !known[$6]++ { print $6 } END { print "all" }' | LC_ALL=C sort)
case $homes in *"\${newline}all") homes=\${homes%"\${newline}all"} ;; all) homes= ;; *) emit homes-cut ;; esac
count_keys() { # BASE REST NAME: sets counted to a number, or to closed
  counted=closed
  [ ! -L "$1/$2/$3" ] || return
  if [ ! -e "$1/$2/$3" ]; then known_missing "$1/$2/$3" && counted=0; return; fi
  [ -f "$1/$2/$3" ] && [ -r "$1/$2/$3" ] || return
  counted=$( { ( enter "$1" "$2" && read_whole "$3" 1048576 ) </dev/null || printf '\\nfailed\\n'; } | awk '/^[ \\t]*[^# \\t]/ { keys++; last = $0 } END { print last == "failed" ? "closed" : keys + 0 }') || counted=closed
}
IFS=$newline; set -f
set -- $homes
set +f; unset IFS
if [ "$#" -gt 0 ]; then
  answers=$(limit 2 find -H "$@" -maxdepth 0 -type d -printf '%m %U %G %p\\n' 2>/dev/null)
  if [ "$?" -ge 124 ]; then
    answers=$(for home in "$@"; do limit 1 find -H "$home" -maxdepth 0 -type d -printf '%m %U %G %p\\n' 2>/dev/null || { [ "$?" -ge 124 ] && printf '\\nlate 0 0 %s\\n' "$home"; }; done)
  fi
  emit homes "$answers"
  for home in "$@"; do
    case "$newline$answers$newline" in *" $home$newline"*) continue ;; esac
    [ ! -e "$home" ] && [ ! -L "$home" ] && known_missing "$home" || emit unknown-home "$home"
  done
  IFS=$newline; set -f
  set -- $(printf '%s\\n' "$answers" | grep -v '^late' | cut -d' ' -f4-)
  set +f; unset IFS
  [ "$#" -gt 0 ] && case $(ls --version 2>/dev/null) in *GNU*) ;; *) false ;; esac && ls -ldnUH -- "$@" 2>/dev/null | sed 's/^\\([^ ]*\\).* \\(\\/.*\\)$/\\1 \\2/' | emit_content modes
  [ "$#" -gt 0 ] && limit 2 readlink -f -- "$@" 2>/dev/null | emit_content reals
  for home in "$@"; do
    if [ ! -x "$home" ]; then emit closed "$home"; continue; fi
    keys=0
    if [ -L "$home/.ssh" ]; then keys=closed
    elif [ -d "$home/.ssh" ]; then
      for name in authorized_keys authorized_keys2; do
        count_keys "$home" .ssh "$name"
        if [ "$counted" = closed ]; then keys=closed; break; fi
        keys=$((keys + counted))
      done
      for key in "$home"/.ssh/id_*; do [ -f "$key" ] && emit trace "$home" "$key"; done
    fi
    emit keys "$home" "$keys"
    for name in .k5login .k5users; do if [ -e "$home/$name" ] || [ -L "$home/$name" ]; then emit kerberos "$home/$name"; fi; done
    for name in ${PERSONAL_TRACES.join(' ')}; do [ -e "$home/$name" ] && emit trace "$home" "$home/$name"; done
  done
fi
`;
