/** Greatest number of bytes that is read of one file of sudo; one that reaches it counts as not read whole. */
export const SUDOERS_LIMIT = 262_144;

/**
 * The files of sudo: /etc/sudoers and what it includes, at most 256 files, each once. An included file is read only when no
 * link leads to it and when nobody but root can change it or its folder: as root nothing may be read that an agent chose.
 *
 * Records: `sudoers PATH CONTENT`; `sudoers-place PATH` for a folder that was read whole and for what does not exist;
 * `sudoers-missed PATH` for what may hold more rules. What a file includes is judged by `readSudoers`: this fragment may
 * overlook an odd way to write an include, never the parser.
 * Needs `newline` to be set. Sources: sudoers(5), sudo.conf(5), nsswitch.conf(5) as sudoers.ldap(5) uses it.
 */
export const SUDOERS = `sudo_owned() { [ -n "$(find "$1" -maxdepth 0 -user 0 ! -perm /022 2>/dev/null)" ]; }
sudo_read() (
  folder=\${1%/*}
  enter / "\${folder#/}" && [ -f "./\${1##*/}" ] && [ -r "./\${1##*/}" ] || exit 5
  [ "$(find . "./\${1##*/}" -maxdepth 0 -user 0 ! -perm /022 2>/dev/null)" = ".$newline./\${1##*/}" ] || exit 5
  read_here "\${1##*/}" ${SUDOERS_LIMIT}
)
sudo_take() {
  printf '%s\\n' "$2" | emit_content sudoers "$1"
  included=$(printf '%s\\n' "$2" | sed -n 's/^[[:space:]]*[@#]include\\(dir\\)\\{0,1\\}[[:space:]]\\{1,\\}"\\{0,1\\}\\([^"[:space:]]*\\).*$/\\1:\\2/p' | head -n 64)
  IFS=$newline; set -f; set -- "$1" $included; set +f; unset IFS
  sudo_from=\${1%/*}; shift
  for line in "$@"; do
    place=\${line#*:}
    case $place in /*) ;; *) place=$sudo_from/$place ;; esac
    while [ "$place" != / ] && [ "\${place%/}" != "$place" ]; do place=\${place%/}; done
    sudo_queue=$sudo_queue$newline\${line%%:*}:$place
  done
}
sudo_folder() {
  ( enter / "\${1#/}" && sudo_owned . && [ -r . ] ) || { emit sudoers-missed "$1"; return; }
  for found in "$1"/*; do
    case \${found##*/} in *.* | *~ | *"$newline"*) continue ;; esac
    { [ -e "$found" ] || [ -L "$found" ]; } && [ ! -d "$found" ] && sudo_queue=$sudo_queue$newline:$found
  done
  emit sudoers-place "$1"
}
sudo_follow() {
  sudo_known=$newline; sudo_count=0
  while [ -n "$sudo_queue" ]; do
    sudo_queue=\${sudo_queue#"$newline"}
    item=\${sudo_queue%%"$newline"*}
    case $sudo_queue in *"$newline"*) sudo_queue=\${sudo_queue#*"$newline"} ;; *) sudo_queue= ;; esac
    case $sudo_known in *"$newline$item$newline"*) continue ;; esac
    sudo_known=$sudo_known$item$newline
    sudo_count=$((sudo_count + 1)); place=\${item#*:}
    if [ "$sudo_count" -gt 256 ]; then emit sudoers-missed "$place"; return; fi
    if [ ! -e "$place" ] && [ ! -L "$place" ] && known_missing "$place"; then emit sudoers-place "$place"; continue; fi
    if [ "\${item%%:*}" = dir ]; then sudo_folder "$place"
    elif content=$(sudo_read "$place"); then sudo_take "$place" "$content"
    else emit sudoers-missed "$place"; fi
  done
}
if [ -r /etc/sudoers ]; then
  sudo_queue=; sudo_take /etc/sudoers "$(head -c ${SUDOERS_LIMIT} /etc/sudoers | tr -d '\\000')"
  sudo_follow
  grep -sqE '^[[:space:]]*sudoers:.*(sss|ldap|nis)' /etc/nsswitch.conf && emit sudoers-missed 'the directory service'
  grep -sqE '^[[:space:]]*Plugin[[:space:]]+[^[:space:]]*policy[[:space:]]+([^[:space:]]*[[:space:]]+.*sudoers_file=|([^s]|s[^u]))' /etc/sudo.conf && emit sudoers-missed 'the place that sudo.conf names'
elif [ -e /etc/sudoers ] || [ -e /usr/bin/sudo ]; then emit sudoers-closed
else emit sudoers-none
fi
`;
