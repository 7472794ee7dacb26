import { quote } from '#core/hosts/quote.ts';
import type { InstanceProfile } from '#shared/domain/profile.ts';
import type { CollectContext } from '../../collector.ts';
import { isWithin } from '../../profile/paths.ts';
import { addressFamilyOf } from '../../script/addresses.ts';
import { END, HTTP, PRELUDE } from '../../script/prelude.ts';

/** Pages of the API and the dashboard that are asked for without a token. */
const API_PAGES = ['/health', '/openapi.json', '/docs', '/redoc', '/status', '/identity'];
const DASHBOARD_PAGES = ['/', '/api/status'];

/**
 * The token is read once into a variable of the shell: it reaches no argument vector, no environment and no answer. What
 * leaves is its length, whether it is hexadecimal, how many characters differ, and SHA-256 over salt and token. Searches
 * get it over a pipe (`grep -F -f -`, so one grep for each), go through real folders only, skip devices and FIFOs, and end after a time.
 */
const FUNCTIONS = `
enter_configuration() { enter "$BASE" "$REST"; }
token() { # INSTANCE
  ( enter_configuration; status=$?
    if [ $status -ne 0 ]; then emit folder "$1" $status; exit; fi
    if [ ! -e ./swarm-token ] && [ ! -L ./swarm-token ]; then emit token "$1" missing '' '' ''; exit; fi
    modified=$(stat -c %.3Y ./swarm-token 2>/dev/null)
    if [ ! -f ./swarm-token ] || [ -L ./swarm-token ]; then emit token "$1" odd "$modified" '' ''; exit; fi
    if [ ! -r ./swarm-token ]; then emit token "$1" closed "$modified" '' '' '' '' "$(stat -c %.3Y ./node_id 2>/dev/null)"; exit; fi
    TOKEN=$(read_here swarm-token 65536 | tr -d '\\000\\r')
    case $TOKEN in '' | *[!0-9a-fA-F]*) hexadecimal=no ;; *) hexadecimal=yes ;; esac
    if [ $hexadecimal = yes ] && [ \${#TOKEN} -le 256 ]; then
      distinct=0; for digit in 0 1 2 3 4 5 6 7 8 9 a b c d e f A B C D E F; do case $TOKEN in *$digit*) distinct=$((distinct + 1)) ;; esac; done
    else distinct=$(printf '%s' "$TOKEN" | od -An -v -tx1 | tr -s ' \\n' '\\n\\n' | sort -u | grep -c .); fi
    fingerprint=; if has sha256sum; then fingerprint=$(printf '%s%s' "$SALT" "$TOKEN" | sha256sum); fingerprint=\${fingerprint%% *}; fi
    emit token "$1" read "$modified" "\${#TOKEN}" "$hexadecimal" "$distinct" "$fingerprint" "$(stat -c %.3Y ./node_id 2>/dev/null)"
    case $TOKEN in *'
'*) emit searched "$1" 'it has several lines'; exit ;; esac
    if [ \${#TOKEN} -lt 12 ]; then emit searched "$1" 'it is too short to be searched for'; exit; fi
    { searches; printf '=end all\\0'; } | leaks "$1"
  ) </dev/null
}
leaks() { # INSTANCE: reads \`=KIND WHERE\` and below it names, all ended by NUL; the word "late" is no path, and says that WHERE was not searched to its end
  tr '\\n\\000' '\\001\\n' | while IFS= read -r item; do
    case $item in
      '') continue ;;
      '=end all') emit searched "$1" ''; continue ;;
      =*) kind=\${item%% *}; kind=\${kind#=}; where=\${item#* }; hits=0; continue ;;
      late) item="late $where" ;;
      *) hits=$((hits + 1)); [ "$hits" -le 33 ] || continue; [ "$hits" -le 32 ] || item="late $where" ;;
    esac
    printf '@leak:3\\0%s\\0%s\\0%s\\0' "$1" "$kind" "$item"
  done
}
seek() { # KIND SECONDS WHERE OPTION-OR-PATH…
  printf '=%s %s\\0' "$1" "$3"
  seek_seconds=$2; shift 3
  printf '%s\\n' "$TOKEN" | limited "$seek_seconds" grep -lsFZ -D skip -f - "$@"
  [ $? -lt 124 ] || printf '\\0late\\0'
}
at_most() { # NUMBER: names go on, at most so many; to descriptor 5 goes what is none, and that there were more
  sed -z -e '/^$/d' -e '/^late$/{w /dev/stderr' -e 'd}' -e "$(($1 + 1))"'{s/.*/late/;w /dev/stderr' -e 'Q}' 2>&5
}
among() { # KIND SECONDS WHERE: the same in files that standard input names. One grep only: its pattern comes over a pipe.
  printf '=%s %s\\0' "$1" "$3"
  { at_most 12000 | limit "$2" xargs -0 -r -x -s 1700000 -n 12000 grep -lsFZ -D skip -f /dev/fd/6 -- 6<<TOKEN_END
$TOKEN
TOKEN_END
    case $? in 0 | 123) ;; *) printf '\\0late\\0' ;; esac; } 5>&1
}
histories() { # Names of all histories, of every account with a home; those that are closed to this account count as not searched.
  { limit 2 getent passwd || { echo; cat /etc/passwd; }; } 2>/dev/null </dev/null | awk -F: '$6 ~ /^\\/./ && $6 !~ /^\\/(proc|sys|dev)(\\/|$)/ && !known[$6]++ { printf "%s%c", $6, 0 }' | limited 2 xargs -0 -r sh -c '
    for folder in "$@"; do
      [ -d "$folder" ] || continue
      [ -x "$folder" ] || { printf "late\\0"; continue; }
      for name in .bash_history .zsh_history .zhistory .history .sh_history .ash_history .python_history .local/share/fish/fish_history .lesshst .sqlite_history .psql_history .mysql_history .node_repl_history .viminfo; do
        [ -f "$folder/$name" ] && [ ! -L "$folder/$name" ] || continue
        if [ -r "$folder/$name" ]; then printf "%s\\0" "$folder/$name"; else printf "late\\0"; fi
      done
    done' _ "$HOME_FOLDER" /root
  case $? in 0 | 123) ;; *) printf '\\0late\\0' ;; esac
}
readable() { # FOLDER: files in it that everybody can read and reach, as far as text that somebody left there goes
  limit 1 find "$1" -xdev \\( -type d ! -perm -001 -o -name node_modules -o -name .git -o -name venv -o -name .venv \\) -prune -o -type f -perm -004 -size +11c -size -1048577c -print0 2>/dev/null
  [ $? -lt 124 ] || printf '\\0late\\0'
}
is_empty() { # FOLDER: it surely holds nothing
  [ -r "$1" ] && [ -x "$1" ] || return 1
  for found in "$1"/* "$1"/.[!.]* "$1"/..?*; do if [ -e "$found" ] || [ -L "$found" ]; then return 1; fi; done
}
searches() {
  code='--exclude-dir=venv --exclude-dir=.venv --exclude-dir=node_modules --exclude-dir=.git'
  seek log 3 /var/log -r --include='*.log' --include='*.log.1' --include=syslog --include=messages -- /var/log
  seek unit 2 /etc/systemd -r --include='mycoswarm*' --include=environment -- /etc/systemd /etc/default /etc/environment
  if [ -n "$SOURCE" ] && [ -d "$SOURCE" ] && [ ! -L "$SOURCE" ] && [ -e "$SOURCE/.git" ]; then seek git 3 "$SOURCE" -r $code -- "$SOURCE"; fi
  seek environment 2 'arguments of running programs' -- /proc/[0-9]*/cmdline
  for pid in $PIDS; do seek environment 1 "environment of process $pid" -- "/proc/$pid/environ"; done
  if [ -n "$HOME_FOLDER" ] && [ "$HOME_FOLDER" != / ]; then
    # In a home that is closed to others no file in it is open to them, whatever its mode says; the mode is told anyway.
    printf '=world-readable %s\\0' "$HOME_FOLDER"
    { { printf '%s\\n' "$TOKEN" | limit 3 grep -rlsFZ -D skip -f - $code --exclude-dir=.cache --exclude-dir=workspace -- "$HOME_FOLDER"; [ $? -lt 124 ] || printf '\\0late\\0'; } |
      at_most 1024 | xargs -0 -r sh -c 'exec find "$@" -maxdepth 0 -type f -perm -004 -print0' _ 2>/dev/null; } 5>&1
  fi
  for folder in /srv /opt /tmp /var/tmp /etc; do [ ! -d "$folder" ] || is_empty "$folder" || readable "$folder" | among world-readable 1 "$folder"; done
  histories | among shell-history 2 'histories of all accounts'
  if [ -n "$UNIT" ] && has journalctl && [ -d /run/systemd/system ]; then
    printf '=journal %s\\0' "journal of $UNIT"
    # Status 141: it was found already, and nobody read on.
    { { limit 4 journalctl -q --no-pager -o cat -u "$UNIT" -n 20000 2>/dev/null </dev/null; case $? in 0 | 1 | 141) ;; *) printf 'late\\0' >&5 ;; esac; } |
      grep -qF -f /dev/fd/6 6<<TOKEN_END && printf 'journal of %s\\0' "$UNIT" >&5
$TOKEN
TOKEN_END
    } 5>&1
  fi
}
plugins() { # INSTANCE: a digest over every file, bytecode too: Python runs an unchecked .pyc (PEP 552) whatever its source says
  ( enter_configuration && enter . plugins || exit 0
    listed() { find . -mindepth 1 -maxdepth 1 \\( ! -name '.*' ! -name __pycache__ -o -type d -exec test -e '{}/handler.py' ';' \\) "$@"; }
    count=$(listed -printf x) || { emit plugins-cut "$1" "$(pwd -P)" 'they could not be counted'; exit 0; }
    count=\${#count}
    [ "$count" -gt 0 ] || exit 0
    emit plugins-count "$1" "$count"
    [ "$count" -le 256 ] || emit plugins-cut "$1" "$(pwd -P)" 'there are more than 256'
    listed -print0 | sort -z | head -z -n 256 | limit 4 xargs -0 -r sh -c '
      instance=$1; place=$2; shift 2
      for plugin do
        digest=; files=0
        if [ ! -L "$plugin" ]; then
          files=$(find "$plugin" -type f -printf x | wc -c)
          # What cannot be read, is too large, is no file or lies elsewhere behind a link leaves a word beside the digest, which then is none.
          if [ "$files" -le 4096 ]; then
            digest=$( { { { find "$plugin" -type f -print0 || echo unread >&3; } | sort -z | { xargs -0 -r sha256sum -z -- || echo unread >&3; }
              find "$plugin" -type l -printf "link %p %l\\\\0" | sort -z
              find "$plugin" \\( -type f -size +33554431c -o ! -type f ! -type d ! -type l \\) -printf "odd\\\\n" -quit >&3
              find "$plugin" -type l -print0 | head -z -n 64 | xargs -0 -r sh -c "root=\\$1; shift; for link do case \\$(readlink -f -- \\"\\$link\\") in \\"\\$root\\"/*) ;; *) echo outside ;; esac; done" _ "$place/\${plugin#./}" >&3
              [ "$(find "$plugin" -type l -printf x | wc -c)" -le 64 ] || echo links >&3
            } | sha256sum | cut -c1-64; } 3>&1 )
          fi
        fi
        facts=$(stat -c "%u %a %.3Y" -- "$plugin") || continue
        set -- $facts
        printf "@plugin:7\\\\0%s\\\\0%s\\\\0%s\\\\0%s\\\\0%s\\\\0%s\\\\0%s\\\\0" "$instance" "$place/\${plugin#./}" "$1" "$2" "$3" "$digest" "$files"
      done' _ "$1" "$(pwd -P)"
    [ $? -lt 124 ] || emit plugins-cut "$1" "$(pwd -P)" 'the look at them ran out of time' ) </dev/null 2>/dev/null
}
settings() { # INSTANCE
  ( enter_configuration || exit 0
    [ -f ./config.json ] && [ ! -L ./config.json ] || exit 0
    if [ ! -r ./config.json ]; then emit settings-closed "$1"; exit 0; fi
    read_here config.json 1048577 | emit_content settings "$1" ) </dev/null
}
probe() { # INSTANCE SERVICE ADDRESS PORT PATH…
  probe_instance=$1; probe_service=$2; probe_address=$3; probe_port=$4; shift 4
  probe_base=http://$probe_address:$probe_port
  for page do shift; set -- "$@" "$probe_base$page"; done
  answers=$(http_statuses "$@"); status=$?
  printf '%s\\n' "$answers" | for url do
    answer=; exit=
    read -r answer exit type || :
    case $exit in '' | *[!0-9]*) type="$exit $type"; exit=$status ;; esac
    [ -n "$answer" ] || exit=$status
    emit probe "$probe_instance" "$probe_service" "$probe_port" "\${url#"$probe_base"}" "$answer $type" "$exit"
  done
}
journal() { # INSTANCE UNIT SINCE
  has journalctl && [ -d /run/systemd/system ] || return 0
  first=$(limit 2 journalctl -q --no-pager -o cat -u "$2" -n 1 2>/dev/null </dev/null | head -c 64)
  [ -n "$first" ] || return 0
  # Lines that were not read are lines that were not counted: then there is no count.
  counted=$( { { limit 3 journalctl -q --no-pager -o cat -u "$2" \${3:+--since "@$3"} 2>/dev/null </dev/null; [ "$?" -lt 124 ] || echo cut >&5; } | grep -cF 'net_isolated=False'; } 5>&1)
  [ "$?" -le 1 ] && emit journal "$1" "$counted"
  limit 3 journalctl -q --no-pager -o cat -u "$2" -n 20000 2>/dev/null </dev/null | grep -iE 'peer|node' | grep -E '[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+|\\[[0-9a-fA-F:]+\\]' | tail -n 400 | cut -c1-512 | emit_content peers "$1"
}
logs() { # INSTANCE FOLDER: the same from files, where there is no journal
  ( enter / "\${2#/}" || exit 0
    count=; for log in ./*.log; do
      [ -f "$log" ] && [ ! -L "$log" ] && [ -r "$log" ] || continue
      found=$( { { read_whole "\${log#./}" 67108864 || echo cut >&5; } | grep -cF 'net_isolated=False'; } 5>&1)
      [ "$?" -le 1 ] || found=cut
      case $found in '' | *[!0-9]*) count=; break ;; esac
      count=$((\${count:-0} + found))
    done
    [ -z "$count" ] || emit journal "$1" "$count" ) </dev/null
}
tool_log() { # PATH
  [ -e "$1" ] && [ ! -L "$1" ] || return 1
  set -- "$1" $(stat -c '%u %a %.3Y' -- "$1" "\${1%/*}")
  [ $# -eq 7 ] || set -- "$1"
  emit tool-log "$1" "$2" "$3" "$4" "$5" "$6"
}
`;

/** Where the node reaches its own service: loopback, or the one address that it is bound to. */
function addressFor(port: number, context: CollectContext): string {
  if (context.seen.sockets?.state !== 'seen') return '127.0.0.1';
  const bound = context.seen.sockets.value.listening
    .filter((socket) => socket.port === port && socket.protocol === 'tcp')
    .map((socket) => socket.address);
  const loopback = bound.some((address) => ['0.0.0.0', '::', '*', '127.0.0.1'].includes(address));
  const only = bound.find((address) => addressFamilyOf(address) !== 0);
  if (loopback || !only) return '127.0.0.1';
  return only.includes(':') ? `[${only}]` : only;
}

/** When the daemon of an installation was started, in seconds since the epoch; null when it is not known. */
export function daemonStart(instance: InstanceProfile, context: CollectContext): number | null {
  if (context.seen.processes?.state !== 'seen') return null;
  const starts = context.seen.processes.value.processes
    .filter((process) => instance.pids.includes(process.pid) && process.argv.includes('daemon'))
    .flatMap((process) => (process.startedAt ? [Date.parse(process.startedAt)] : []));
  return starts.length > 0 ? Math.floor(Math.min(...starts) / 1_000) : null;
}

function word(value: string | null): string {
  const quoted = value === null ? null : quote(value);
  return quoted?.ok ? quoted.text : "''";
}

function forInstance(instance: InstanceProfile, context: CollectContext): string {
  const id = word(instance.id);
  const folder = instance.configurationFolder;
  const base = folder && instance.home && isWithin(folder, instance.home) ? instance.home : '/';
  const rest = folder ? folder.slice(base === '/' ? 1 : base.length + 1) : '';
  const quotable = folder !== null && quote(folder).ok && rest !== '';
  const unit = instance.unit?.endsWith('.service') ? instance.unit : null;
  const lines = [
    `BASE=${word(base)}; REST=${word(rest)}; HOME_FOLDER=${word(instance.home)}; SOURCE=${word(instance.source)}; UNIT=${word(unit)}; PIDS='${instance.pids.slice(0, 32).join(' ')}'`,
  ];
  if (quotable) lines.push(`token ${id}`, `plugins ${id}`, `settings ${id}`);
  if (instance.running && instance.apiPort) {
    lines.push(
      `probe ${id} api '${addressFor(instance.apiPort, context)}' ${instance.apiPort} ${API_PAGES.join(' ')}`,
    );
  }
  if (instance.dashboardPort) {
    const address = addressFor(instance.dashboardPort, context);
    lines.push(`probe ${id} dashboard '${address}' ${instance.dashboardPort} ${DASHBOARD_PAGES.join(' ')}`);
  }
  if (unit) lines.push(`journal ${id} ${word(unit)} ${daemonStart(instance, context) ?? "''"}`);
  else if (instance.logFolder) lines.push(`logs ${id} ${word(instance.logFolder)}`);
  const logs = [
    ...(instance.logFolder ? [`${instance.logFolder}/tool.log`] : []),
    ...(folder ? [`${folder}/access.log`] : []),
  ];
  if (logs.length > 0) lines.push(logs.map((path) => `tool_log ${word(path)}`).join(' || '));
  return `${lines.join('\n')}\n`;
}

/** @returns the script for all installations; without one it only asks for announced peers */
export function mycoswarmScript(context: CollectContext): string {
  const salt = /^[0-9a-f]{64}$/.test(context.salt) ? context.salt : '';
  const parts = context.profile.instances.map((instance) => forInstance(instance, context));
  const announced = `if has avahi-browse && has_bus; then emit announced "$(limited 2 avahi-browse -rptc _mycoswarm._tcp 2>/dev/null </dev/null | head -c 131072)"; fi
if has ss; then emit connected "$(limited 2 ss -Htn state established '( dport = :7890 )' 2>/dev/null </dev/null | head -c 65536)"; fi
`;
  return `${PRELUDE}${HTTP}SALT='${salt}'\n${FUNCTIONS}${parts.join('')}${announced}${END}`;
}
