/**
 * What runs on a node as long as its files are followed: one POSIX sh that answers orders, one at a time. An order is a word and
 * its values, one to a line, on standard input, so that no value is ever part of the script or of an argument of the shell; values have
 * no line feeds. An answer is any bytes and then a line with the nonce, which nothing in a log can know. Nothing is sent that was
 * not asked for, so nothing piles up; nothing is written on the node.
 *
 * - `enter` goes into a folder and makes sure by getcwd(2) that no link led somewhere else. What is done then is done in that
 *   folder, whatever its path leads to by now.
 * - `list`: a log and what may be its rotated files, by lstat(2). More than 600 names: only the log itself.
 * - `read`: dd(1) follows no link and waits for no pipe; the file is compared by device and inode before and after.
 * - `look`: lstat(2) of paths, and where a link leads, if it is the same link before and after. `match`: names that a pattern has.
 *
 * It ends with its input: when the console died or the connection broke.
 * @param nonce `[0-9a-f]+`, random for each run
 */
export function loopScript(nonce: string): string {
  return `nonce=${nonce}
LC_ALL=C; LANG=C; PATH=/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL LANG PATH
unset ENV BASH_ENV CDPATH POSIXLY_CORRECT LD_PRELOAD LD_LIBRARY_PATH
umask 077
ulimit -c 0 2>/dev/null
line_feed='
'
SEEN='%d %i %s %.3Y %.3W %u %h %f %n'
say() { printf '\\n%s %s\\n' "$nonce" "$1"; }
enter() {
  entered=missing
  if ! cd -P "$1" 2>/dev/null; then [ ! -e "$1" ] || entered=closed; return 1; fi
  entered=linked
  [ "$PWD" = "$1" ] || return 1
  entered=yes
}
one_line() {
  count=$#
  while [ "$count" -gt 0 ]; do
    name=$1; shift; count=$((count - 1))
    case $name in *"$line_feed"*) ;; *) set -- "$@" "$name" ;; esac
  done
  [ $# -eq 0 ] || stat -c "$SEEN" -- "$@" 2>/dev/null
}
list() {
  printf '= '
  if ! enter "$1"; then printf '%s\\n' "$entered"; return 0; fi
  base=$2; owner=$(stat -c %u . 2>/dev/null)
  case $base in ?*.*) stem=\${base%.*}; set -- "./$base" "./$base"[.-]* "./$stem"[.-]*".\${base##*.}"* ;; *) set -- "./$base" "./$base"[.-]* ;; esac
  if [ $# -gt 600 ]; then printf 'many %s\\n' "$owner"; one_line "./$base"; else printf 'yes %s\\n' "$owner"; one_line "$@"; fi
  return 0
}
fetch() {
  enter "$1" || { say gone; return 0; }
  case $(stat -c '%d:%i %f' -- "./$2" 2>/dev/null) in "$3 8"???) ;; *) say gone; return 0 ;; esac
  if [ ! -r "./$2" ]; then say closed; return 0; fi
  dd if="./$2" iflag=nofollow,nonblock,skip_bytes,count_bytes "skip=$4" "count=$5" bs=131072 2>/dev/null
  ended=$?
  seen=$(stat -c '%d:%i %f %s %.3Y' -- "./$2" 2>/dev/null)
  case $seen in "$3 8"???' '*) ;; *) say gone; return 0 ;; esac
  if [ "$ended" -eq 0 ]; then say "ok $seen"; else say failed; fi
}
look() {
  for path do
    seen=$(stat -c '%u %f %d %i %.9Z' -- "$path" 2>/dev/null)
    set -- $seen
    case \${2-none} in
      a???)
        target=$(readlink -- "$path"); case $target in *"$line_feed"*) target= ;; esac
        [ "$seen" = "$(stat -c '%u %f %d %i %.9Z' -- "$path" 2>/dev/null)" ] || target=
        printf 'link %s %s\\n' "$1" "$target" ;;
      none) printf 'none\\n' ;;
      *) printf 'other\\n' ;;
    esac
  done
}
match() {
  IFS=; set -- $1; IFS=' 	
'
  [ $# -le 600 ] || { say many; return 0; }
  for path do case $path in *"$line_feed"*) ;; *) [ ! -e "$path" ] || printf '%s\\n' "$path" ;; esac; done
  say ok
}
orders() {
  while IFS= read -r order; do
    case $order in
      list)
        IFS= read -r count || exit 0
        while [ "$count" -gt 0 ]; do
          IFS= read -r one && IFS= read -r two || exit 0
          list "$one" "$two"; count=$((count - 1))
        done
        say ok ;;
      read)
        IFS= read -r one && IFS= read -r two && IFS= read -r three && IFS= read -r four && IFS= read -r five || exit 0
        fetch "$one" "$two" "$three" "$four" "$five" ;;
      look)
        IFS= read -r count || exit 0
        set --
        while [ "$count" -gt 0 ]; do IFS= read -r one || exit 0; set -- "$@" "$one"; count=$((count - 1)); done
        look "$@"; say ok ;;
      match) IFS= read -r one || exit 0; match "$one" ;;
      *) exit 0 ;;
    esac
  done
}
main() {
  for tool in stat dd readlink id; do command -v "$tool" >/dev/null 2>&1 || { say "lacks $tool"; exit 3; }; done
  case $(stat -c '%d %.3Y %.3W' / 2>/dev/null) in *.*) ;; *) say 'lacks the stat of GNU coreutils'; exit 3 ;; esac
  dd if=/dev/null iflag=nofollow,nonblock,skip_bytes,count_bytes skip=0 count=1 bs=1 >/dev/null 2>&1 || { say 'lacks the dd of GNU coreutils'; exit 3; }
  say "hello $(id -u)"
  orders
  exit 0
}
main
`;
}
