/**
 * Functions that every fragment of ours begins with. POSIX sh (dash is what runs them on Debian), C locale so that
 * bytes stay bytes, and only root-owned folders in PATH: as root nothing that an agent can write may ever be executed.
 *
 * - `has PROGRAM`: is it there?
 * - `limit SECONDS COMMAND…`: ends it by KILL when its time is over, where timeout(1) exists.
 * - `emit TAG FIELD…` and `emit_content TAG FIELD… < CONTENT`: records for `readRecords`; content loses its NUL bytes.
 * - `enter BASE REST`: goes into BASE/REST so that no symbolic link below BASE is followed. The check comes after
 *   chdir(2): from then on the folder is held, whatever the agent renames.
 * - `read_file BASE REST NAME BYTES`: prints at most BYTES of a regular file. The last component is opened with
 *   O_NOFOLLOW and O_NONBLOCK (dd(1), iflag), so neither a link to /etc/shadow nor a FIFO put there at the last moment
 *   leads anywhere. Status 3: no such folder, 4: reached through a link, 5: no regular file.
 */
export const PRELUDE = `LC_ALL=C; export LC_ALL; umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
has() { command -v "$1" >/dev/null 2>&1; }
if has timeout; then limit() { timeout -s KILL "$@"; }; else limit() { shift; "$@"; }; fi
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
read_here() {
  [ -f "./$1" ] && [ ! -L "./$1" ] || return 5
  dd if="./$1" bs=65536 count="$2" iflag=nofollow,nonblock,noctty,count_bytes,fullblock 2>/dev/null
}
read_file() { ( enter "$1" "$2" || exit $?; read_here "$3" "$4" ) </dev/null; }
`;

/** The last line of every fragment: without it the answer counts as cut. */
export const END = `emit end
`;
