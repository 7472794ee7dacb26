/** Of one file, and of what nft makes of it. */
export const MAX_BOOT_RULES = 4 * 1_048_576;

/** Properties of a unit that say when it loads rules, and what takes it along (systemd.unit(5)). */
const PROPERTIES =
  'Id,LoadState,ActiveState,UnitFileState,ExecStartPre,ExecStart,ExecStartPost,ExecReload,ExecStop,ExecStopPost,After,PartOf,BindsTo,ReloadPropagatedFrom,RequiredBy,BoundBy,WantedBy';

/** Files outside of systemd that are run at boot. */
const ELSEWHERE =
  '/etc/rc.local /etc/network/interfaces /etc/network/interfaces.d/* /etc/network/if-pre-up.d/* /etc/network/if-up.d/* /etc/NetworkManager/dispatcher.d/* /etc/networkd-dispatcher/*/* /etc/crontab /etc/cron.d/* /var/spool/cron/crontabs/root';

/**
 * What loads packet rules at boot. What a file of nft gives is best said by nft itself: it is loaded in a network
 * namespace of its own, which touches no live rule. Only a file that, with all that it includes and every folder above,
 * belongs to root and can be changed by nobody else is loaded, and only by root. Interfaces that the file names by number
 * are missing there, so a second attempt makes them first.
 *
 * Expects the functions of the prelude. The files of netfilter-persistent and of iptables.service are where their
 * packages look for them.
 */
export const BOOT_SCRIPT = `
owned() {
  owned_at=$1
  while :; do
    case $(stat -c '%u %a' -- "$owned_at" 2>/dev/null) in '0 '*[0145][0145]) ;; *) return 1 ;; esac
    [ "$owned_at" != / ] || return 0
    owned_at=\${owned_at%/*}; owned_at=\${owned_at:-/}
  done
}
trusted() ( # file, depth
  real=$(readlink -f -- "$1") && [ -f "$real" ] && owned "$real" && [ "$2" -lt 5 ] || exit 1
  sed -n 's/^[[:space:]]*include[[:space:]]\\{1,\\}\\(.*\\)/\\1/p' "$real" 2>/dev/null | head -n 64 | {
    while IFS= read -r pattern; do
      pattern=\${pattern#[\\"\\']}; pattern=\${pattern%%[\\"\\'];}; pattern=\${pattern%%[\\"\\']*}
      case $pattern in /*) ;; *) exit 1 ;; esac
      case $pattern in *[!A-Za-z0-9_./*?-]*) exit 1 ;; esac
      for one in $pattern; do [ ! -e "$one" ] || trusted "$one" $(($2 + 1)) || exit 1; done
    done
    exit 0
  }
)
INSIDE='nft -f "$1" 2>/dev/null || {
  count=0
  for face in /sys/class/net/*; do
    count=$((count + 1)); [ "$count" -le 32 ] || break
    face=\${face##*/}; [ "$face" = lo ] || ip link add "$face" type veth peer name "peer$count" 2>/dev/null
  done
  nft -f "$1" || exit 90
}
nft -j list ruleset'
boot_text() { # path, language
  if [ ! -e "$1" ]; then known_missing "$1" && emit boot-file "$1" "$2" missing || emit boot-file "$1" "$2" closed
  elif [ ! -f "$1" ] || [ ! -r "$1" ]; then emit boot-file "$1" "$2" closed
  else head -c ${MAX_BOOT_RULES} -- "$1" 2>/dev/null | emit_content boot-file "$1" "$2" open; fi
}
boot_nft() { # path, whether its unit is switched off
  boot_text "$1" nft
  if [ ! -e "$1" ]; then return 0
  elif [ "$2" = yes ]; then emit boot-problem "$1" idle
  elif [ "$node_uid" != 0 ]; then emit boot-problem "$1" root
  elif ! has unshare || ! has nft; then emit boot-problem "$1" tools
  elif ! trusted "$1" 0; then emit boot-problem "$1" trust
  else told limit 4 unshare -n /bin/sh -c "$INSIDE" sh "$1" </dev/null | head -c ${MAX_BOOT_RULES} | emit_content boot-loaded "$1"; fi
}
boot_files() { # unit, one line for each command of it
  case $1 in
    netfilter-persistent.service)
      printf '%s\\n' 'v4 /etc/iptables/rules.v4' 'v6 /etc/iptables/rules.v6' ;;
    iptables.service) printf '%s\\n' 'v4 /etc/sysconfig/iptables' ;;
    ip6tables.service) printf '%s\\n' 'v6 /etc/sysconfig/ip6tables' ;;
    *) printf '%s\\n' "$2" | sed -n 's/^Exec\\(Start\\|StartPre\\|StartPost\\)={ path=.*argv\\[\\]=\\([^;]*\\) ;.*/\\2/p' | awk '{
      kind = ""
      for (at = 1; at <= NF && at <= 64; at++) {
        word = $at; sub(/^<+/, "", word)
        if (word ~ /(^|\\/)nft$/) kind = "nft"
        else if (word ~ /(^|\\/)ip6tables(-nft|-legacy)?-restore$/) kind = "v6"
        else if (word ~ /(^|\\/)iptables(-nft|-legacy)?-restore$/) kind = "v4"
        else if (kind != "" && word ~ /^\\/[A-Za-z0-9_.\\/@:+-]+$/) print kind, word
      }
    }' ;;
  esac
}
boot() {
  if [ ! -d /run/systemd/system ] || ! has systemctl; then emit boot no; return; fi
  emit boot yes
  told_whole=$(printf '\\001%s' 0)
  { printf '%s\\n' nftables.service netfilter-persistent.service iptables.service ip6tables.service
    limit 2 grep -lsE '^Exec(Start|StartPre|StartPost)=.*(nft|tables)' /etc/systemd/system/*.service /etc/systemd/system/*.service.d/*.conf /usr/local/lib/systemd/system/*.service /usr/lib/systemd/system/*.service /usr/lib/systemd/system/*.service.d/*.conf
    [ "$?" -lt 124 ] || printf '\\n?cut.service\\n'
  } </dev/null | sed 's,\\.service\\.d/.*,.service,; s,.*/,,' | awk '/^[A-Za-z0-9:_.@?\\\\-]+\\.service$/ && !/@\\./ && !known[$0]++ && ++count <= 24' | {
    handled=' '
    while IFS= read -r unit; do
      [ "$unit" != '?cut.service' ] || { emit boot-cut 'the search for units'; continue; }
      shown=$(told limit 3 systemctl show --no-pager --no-ask-password -p ${PROPERTIES} -- "$unit" </dev/null 2>/dev/null | head -c 65536)
      case $shown in *"$told_whole") shown=\${shown%"$told_whole"} ;; *) emit boot-cut "$unit"; continue ;; esac
      case $shown in *LoadState=loaded*) ;; *) continue ;; esac
      found=$(boot_files "$unit" "$shown" | head -n 16)
      emit boot-unit "$unit" "$shown" "$found"
      case $shown in *UnitFileState=disabled* | *UnitFileState=masked*) idle=yes ;; *) idle=no ;; esac
      set -f; set -- $found; set +f
      while [ "$#" -ge 2 ]; do
        case $handled in
          *" $2 "*) ;;
          *) handled="$handled$2 "
            if [ "$1" = nft ]; then boot_nft "$2" "$idle"; else boot_text "$2" "$1"; fi ;;
        esac
        shift 2
      done
    done
  }
  { limit 2 grep -lsE '^[^#]*(^|[^[:alnum:]_])(nft|ip6?tables)' ${ELSEWHERE} </dev/null 2>/dev/null; [ "$?" -lt 124 ] || printf '\\n?cut\\n'; } | head -n 32 | while IFS= read -r place; do
    case $place in '') ;; '?cut') emit boot-cut 'the search for other programs' ;; *) emit boot-elsewhere "$place" ;; esac
  done
  for unit in /etc/systemd/system/*.service; do
    [ -f "$unit" ] && [ ! -L "$unit" ] || continue
    sed -n 's/^ExecStart\\(Pre\\|Post\\)\\{0,1\\}=[-@:+!|]*\\(\\/[A-Za-z0-9_.\\/-]*\\).*/\\2/p' "$unit" 2>/dev/null | head -n 8 | while IFS= read -r program; do
      [ -f "$program" ] && [ "$(head -c 2 -- "$program" 2>/dev/null | tr -d '\\000')" = '#!' ] && head -c 65536 -- "$program" | grep -qE '^[^#]*(^|[^[:alnum:]_])(nft|ip6?tables)' && emit boot-elsewhere "$program"
    done
  done </dev/null
}
`;
