/**
 * Functions that every fragment of ours begins with. POSIX sh (dash is what runs them on Debian), C locale so that
 * bytes stay bytes, and only root-owned folders in PATH: as root nothing that an agent can write may ever be executed.
 *
 * - `$node_uid`: uid of the look; the trip knows it.
 * - `has PROGRAM`: is it there?
 * - `limit SECONDS COMMAND…`: ends it by KILL when its time is over, where timeout(1) exists; `$patience` times later on a machine
 *   known to be slow.
 * - `limited SECONDS PROGRAM…`: the same as the last of a pipe or of \`$(…)\`, which then costs no process of its own.
 * - `told COMMAND…`: behind what it prints stands a byte that no answer holds, and its exit status, for `readTold`.
 * - `has_bus`: there is a bus of the system, without which a program that asks over it has nobody to ask.
 * - `emit TAG FIELD…` and `emit_content TAG FIELD… < CONTENT`: records for `readRecords`; content loses its NUL bytes. What is
 *   small goes into a field as \`$(…)\`, which drops them too and costs two processes less.
 * - `answer PATH…`: true when all of them, there or not, answered within two seconds: none lies on a mount that hangs.
 * - `enter BASE REST`: goes into BASE/REST so that no symbolic link below BASE is followed. The check comes after
 *   chdir(2): from then on the folder is held, whatever the agent renames.
 * - `known_missing PATH`: true when a path is surely not there, false when a closed folder hides it.
 * - `read_file BASE REST NAME BYTES`: prints at most BYTES of a regular file. The last component is opened with
 *   O_NOFOLLOW and O_NONBLOCK (dd(1), iflag), so neither a link to /etc/shadow nor a FIFO put there at the last moment
 *   leads anywhere. Status 3: no such folder, 4: reached through a link, 5: no regular file.
 * - `read_whole NAME BYTES`: the same in the folder that was entered, and fails where that was not all of the file.
 */
export const PRELUDE = `LC_ALL=C; export LC_ALL; umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
[ -n "$node_uid" ] || node_uid=$(id -u)
has() { command -v "$1" >/dev/null 2>&1; }
has_bus() { [ -n "$DBUS_SYSTEM_BUS_ADDRESS" ] || [ -S /run/dbus/system_bus_socket ] || [ -S /var/run/dbus/system_bus_socket ]; }
limit() { limit_for=$(($1 * \${patience:-1})); shift; if has timeout; then timeout -s KILL "$limit_for" "$@"; else "$@"; fi; }
limited() { limit_for=$(($1 * \${patience:-1})); shift; if has timeout; then exec timeout -s KILL "$limit_for" "$@"; else exec "$@"; fi; }
told() { "$@"; printf '\\001%s' "$?"; }
emit() { emit_tag=$1; shift; printf '@%s:%d\\0' "$emit_tag" "$#"; for emit_field in "$@"; do printf '%s\\0' "$emit_field"; done; }
emit_content() { emit_tag=$1; shift; printf '@%s:%d\\0' "$emit_tag" $(($# + 1)); for emit_field in "$@"; do printf '%s\\0' "$emit_field"; done; tr -d '\\000'; printf '\\0'; }
enter() {
  cd -P -- "$1" 2>/dev/null || return 3
  enter_base=$(pwd -P) || return 3
  [ -n "$2" ] || return 0
  cd -P -- "./$2" 2>/dev/null || return 3
  [ "$enter_base" = / ] && enter_base=
  [ "$(pwd -P)" = "$enter_base/$2" ] || return 4
}
answer() { limit 2 stat -L -c %i -- "$@" >/dev/null 2>&1 </dev/null; [ "$?" -lt 124 ]; }
known_missing() { gone=\${1%/*}; while [ -n "$gone" ] && [ ! -e "$gone" ]; do gone=\${gone%/*}; done; [ -x "\${gone:-/}" ]; }
read_here() {
  [ -f "./$1" ] && [ ! -L "./$1" ] || return 5
  dd if="./$1" bs=65536 count="$2" iflag=nofollow,nonblock,noctty,count_bytes,fullblock 2>/dev/null
}
read_whole() { read_here "$1" "$2" && [ "$(stat -c %s -- "./$1" 2>/dev/null)" -le "$2" ] 2>/dev/null; }
read_file() { ( enter "$1" "$2" || exit $?; read_here "$3" "$4" ) </dev/null; }
`;

/** The last line of every fragment: without it the answer counts as cut. */
export const END = `emit end
`;

/**
 * `as_uid UID COMMAND…`: runs a root-owned program with the rights of another account and nothing else. What an agent owns
 * in bulk is read this way: a link or hard link to somebody else's file then leads no further than for the agent itself.
 * Without root the command keeps the rights it has. Status 126 where setpriv(1) is missing.
 *
 * It runs outside the limits of the agent's unit, so the agent must not get hold of it: whoever traces a process may make it do
 * anything. The kernel lets nobody trace or write to a process that has a capability which he lacks (ptrace(2), "Ptrace access
 * mode checking"), so that each has one that no program here has a use for (capabilities(7)), and drops no core where it runs;
 * where root has none of these to give, it is not run: 126.
 *
 * `as_stranger COMMAND…`: the same as a number that no account and no process has (systemd keeps these for accounts that exist
 * while a service runs), for what makes a user namespace: in there its maker could trace it all the same (user_namespaces(7)).
 */
export const AS_UID = `as_self=$node_uid; as_known=; as_mark=
if [ "$as_self" = 0 ]; then
  while read -r as_key as_held; do [ "$as_key" != CapPrm: ] || break; done </proc/self/status
  for as_bit in 35:wake_alarm 36:block_suspend 10:net_bind_service; do
    if [ "$((0x\${as_held:-0} >> \${as_bit%%:*} & 1))" = 1 ]; then as_mark=\${as_bit#*:}; break; fi
  done
fi
as_prepare() { # UID: finds its group, which is then known to every as_uid that follows, also behind a pipe
  [ "$as_known" != "$1" ] || return 0
  as_known=$1; as_group=
  if [ "$as_self" = 0 ] && [ "$1" != 0 ]; then as_group=$(limited 1 getent passwd "$1" 2>/dev/null </dev/null); as_group=\${as_group#*:*:*:}; as_group=\${as_group%%:*}; fi
}
as_uid() {
  as_whom=$1; shift
  if [ "$as_self" != 0 ] || [ "$as_whom" = 0 ]; then "$@"; return; fi
  has setpriv && [ -n "$as_mark" ] || return 126
  as_prepare "$as_whom"
  as_groups=--clear-groups; [ -z "$as_group" ] || as_groups=--init-groups
  ( ulimit -c 0; exec setpriv --reuid "$as_whom" --regid "\${as_group:-$as_whom}" "$as_groups" --inh-caps="-all,+$as_mark" --ambient-caps="-all,+$as_mark" --no-new-privs env -i PATH="$PATH" LC_ALL=C "$@" )
}
as_stranger() {
  has setpriv || return 126
  for as_try in 1 2 3 4 5 6 7 8; do
    as_number=$((61184 + $(od -An -N2 -tu2 /dev/urandom) % 4336))
    [ -n "$(limited 1 getent passwd "$as_number" 2>/dev/null </dev/null)" ] || [ -n "$(find /proc -maxdepth 1 -uid "$as_number" 2>/dev/null)" ] || break
    as_number=
  done
  [ -n "$as_number" ] || return 126
  ( ulimit -c 0; exec setpriv --reuid "$as_number" --regid "$as_number" --clear-groups --inh-caps=-all --no-new-privs env -i PATH="$PATH" LC_ALL=C "$@" )
}
`;

/**
 * HTTP to the node itself, without a token, a proxy, a redirect or a configuration file. `http_statuses URL…` prints
 * `STATUS EXIT CONTENT-TYPE` for each, EXIT as curl(1) numbers them (older ones leave it out); `http_body URL BYTES` prints the body
 * of a 200. Python only where it is the system's own and in isolated mode (`-I -S`: no folder of a user is on its path). Status
 * 127 where neither program is there.
 */
export const HTTP = `HTTP_PYTHON='import sys,http.client as h
for p in sys.argv[3:]:
 try:
  u=p[7:].split("/",1);c=h.HTTPConnection(u[0],timeout=int(sys.argv[2]));c.request("GET","/"+u[1]);r=c.getresponse()
  if sys.argv[1]=="0":print("%d 0 %s"%(r.status,r.getheader("content-type") or ""),flush=True)
  elif r.status==200:sys.stdout.buffer.write(r.read(int(sys.argv[1])))
 except ConnectionRefusedError:
  if sys.argv[1]=="0":print("000 7 ",flush=True)
 except Exception:
  if sys.argv[1]=="0":print("000 28 ",flush=True)'
http_statuses() {
  if has curl; then
    for url do shift; set -- "$@" -o /dev/null "$url"; done
    limit 12 curl -q -s -g --noproxy '*' --proto =http --max-redirs 0 --connect-timeout "$((1 * \${patience:-1}))" --max-time "$((2 * \${patience:-1}))" -w '%{http_code} %{exitcode} %{content_type}\\n' "$@" </dev/null 2>/dev/null
  elif [ -x /usr/bin/python3 ]; then limit 12 /usr/bin/python3 -I -S -c "$HTTP_PYTHON" 0 "$((2 * \${patience:-1}))" "$@" </dev/null 2>/dev/null
  else return 127; fi
}
http_body() {
  if has curl; then limited 4 curl -q -s -f -g --noproxy '*' --proto =http --max-redirs 0 --connect-timeout "$((1 * \${patience:-1}))" --max-time "$((2 * \${patience:-1}))" -- "$1" </dev/null 2>/dev/null | head -c "$2"
  elif [ -x /usr/bin/python3 ]; then limited 4 /usr/bin/python3 -I -S -c "$HTTP_PYTHON" "$2" "$((2 * \${patience:-1}))" "$1" </dev/null 2>/dev/null | head -c "$2"
  else return 127; fi
}
`;
