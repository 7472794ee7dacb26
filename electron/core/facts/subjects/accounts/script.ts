import { END, PRELUDE } from '../../script/prelude.ts';
import { SUDOERS } from './sudoers-script.ts';

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
 * Password hashes never leave the node, only what can be done with them. Homes are asked all at once and, when one of
 * them hangs on a dead mount, one by one; nothing more is asked of a home that did not answer.
 */
export const ACCOUNTS_SCRIPT = `${PRELUDE}
passwd=$(limit 3 getent passwd 2>/dev/null || cat /etc/passwd)
printf '%s\\n' "$passwd" | head -n 4096 | emit_content passwd
{ limit 2 getent group 2>/dev/null || cat /etc/group; } | head -c 1048576 | emit_content group
if [ -r /etc/shadow ]; then
  awk -F: '{ state = "set"; if ($2 == "") state = "empty"; else if ($2 ~ /^[!*]/) state = "locked"; print $1 ":" state }' /etc/shadow 2>/dev/null | emit_content shadow
fi
head -c 65536 /etc/subuid 2>/dev/null | emit_content subuid
head -c 65536 /etc/subgid 2>/dev/null | emit_content subgid

newline='
'
${SUDOERS}
homes=$(printf '%s\\n' "$passwd" | head -n 4096 | cut -d: -f6 | grep '^/.' | grep -vE '^/(bin|sbin|dev|proc|sys|usr/s?bin|nonexistent|run/.*)/?$' | LC_ALL=C sort -u)
IFS=$newline; set -f
set -- $homes
set +f; unset IFS
if [ "$#" -gt 0 ]; then
  answers=$(limit 2 find "$@" -maxdepth 0 -type d -printf '%m %U %G %p\\n' 2>/dev/null)
  if [ "$?" -ge 124 ]; then
    answers=$(for home in "$@"; do limit 1 find "$home" -maxdepth 0 -type d -printf '%m %U %G %p\\n' 2>/dev/null || { [ "$?" -ge 124 ] && printf 'late 0 0 %s\\n' "$home"; }; done)
  fi
  printf '%s\\n' "$answers" | emit_content homes
  IFS=$newline; set -f
  set -- $(printf '%s\\n' "$answers" | grep -v '^late' | cut -d' ' -f4-)
  set +f; unset IFS
  [ "$#" -gt 0 ] && ls --version 2>/dev/null | grep -q GNU && ls -ldnU -- "$@" 2>/dev/null | sed 's/^\\([^ ]*\\).* \\(\\/.*\\)$/\\1 \\2/' | emit_content modes
  for home in "$@"; do
    if [ ! -x "$home" ]; then emit closed "$home"; continue; fi
    keys=0
    if [ -d "$home/.ssh" ] && [ ! -L "$home/.ssh" ]; then
      if [ -x "$home/.ssh" ]; then
        for name in authorized_keys authorized_keys2; do
          [ -f "$home/.ssh/$name" ] && [ ! -L "$home/.ssh/$name" ] || continue
          if [ -r "$home/.ssh/$name" ]; then
            lines=$(read_file "$home" .ssh "$name" 1048576 | grep -ac '^[[:space:]]*[^#[:space:]]'); keys=$((keys + lines))
          else keys=closed; break; fi
        done
        for key in "$home"/.ssh/id_*; do [ -f "$key" ] && emit trace "$home" "$key"; done
      else keys=closed; fi
    elif [ -L "$home/.ssh" ]; then keys=closed
    fi
    emit keys "$home" "$keys"
    for name in ${PERSONAL_TRACES.join(' ')}; do [ -e "$home/$name" ] && emit trace "$home" "$home/$name"; done
  done
fi

grep -sH -E '^(USER|CLASS|STATE)=' /run/systemd/sessions/*[0-9] 2>/dev/null | head -c 262144 | emit_content sessions
has who && who 2>/dev/null | head -n 1024 | cut -d' ' -f1 | emit_content who
has last && TZ=UTC limit 2 last -F -w -n 4000 2>/dev/null | awk '!known[$1]++' | head -n 1024 | emit_content last

for folder in /usr/bin /bin /usr/sbin /usr/local/bin; do
  [ -f "$folder/newuidmap" ] && emit newuidmap "$folder/newuidmap" && break
done
set -- /usr/bin /usr/sbin /usr/lib /usr/libexec /usr/local /opt
for folder in /bin /sbin; do [ -L "$folder" ] || set -- "$@" "$folder"; done
limit 3 find "$@" -xdev -maxdepth 5 -type f -perm /6000 -printf '%m %U %G %p\\0' 2>/dev/null | tr '\\000' '\\001' | emit_content setuid
if has getcap; then
  limit 2 getcap -r /usr/bin /usr/sbin /usr/libexec /usr/local/bin /usr/local/sbin /usr/lib/*/gstreamer1.0 2>/dev/null | head -c 262144 | emit_content capabilities
  emit capabilities-read
fi
${END}`;
