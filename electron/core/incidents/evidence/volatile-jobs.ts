import type { EvidenceJob } from './jobs.ts';
import type { AgentPlaces } from './places.ts';

const PROC = `
proc_state() { grep -aH -E '^(Name|State|PPid|TracerPid|Uid|Gid|Groups|Threads|CapEff|CapBnd|NoNewPrivs|Seccomp|NSpid):' /proc/[0-9]*/status; }
proc_words() { grep -azH '' /proc/[0-9]*/cmdline | tr '\\000' '\\n'; }
proc_links() { find /proc/[0-9]* -maxdepth 1 \\( -name exe -o -name cwd -o -name root \\) -printf '%p -> %l\\n'; }
proc_files() { find /proc/[0-9]*/fd -maxdepth 1 -type l -printf '%p -> %l\\n'; }
proc_groups() { grep -aH '' /proc/[0-9]*/cgroup /proc/[0-9]*/loginuid; }
proc_names() { for at in /proc/[0-9]*/environ; do [ ! -r "$at" ] || tr '\\n\\000' ' \\n' < "$at" | sed -n "s|^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*|$at \\1|p"; done; }
proc_started() { for at in /proc/[0-9]*; do stat -c '%n uid=%u started=%y' "$at"; done; }
`;

/** What is gone first: programs, connections, what the kernel holds. Asked all at once, in the order of RFC 3227, section 2.1. */
export function volatileJobs(places: AgentPlaces): EvidenceJob[] {
  const uids = places.uids.join(' ');
  return [
    {
      subject: 'processes',
      budgetMs: 25_000,
      body: `${PROC}
made "$most" 'command lines: /proc/PID/cmdline' proc_words
piece "$most" 10 'ps -eww -o pid,ppid,pgid,sid,user,uid,tty,stat,lstart,etimes,nlwp,rss,args' ps -eww -o pid,ppid,pgid,sid,user,uid,tty,stat,lstart,etimes,nlwp,rss,args
made "$most" 'states: /proc/PID/status' proc_state
made "$most" 'programs and folders: /proc/PID/exe, cwd, root' proc_links
made "$most" 'open files: /proc/PID/fd' proc_files
made "$most" 'control groups and login ids: /proc/PID/cgroup, loginuid' proc_groups
made "$most" 'names of environment variables, without values: /proc/PID/environ' proc_names
made "$most" 'owners and times: /proc/PID' proc_started
`,
    },
    {
      subject: 'sockets',
      budgetMs: 15_000,
      body: `piece "$most" 8 'ss -tuwxapnei' ss -tuwxapnei
for net in tcp tcp6 udp udp6 raw raw6 icmp packet netlink unix; do made "$most" "/proc/net/$net" cat "/proc/net/$net"; done
piece "$most" 6 'conntrack -L -o extended' conntrack -L -o extended
[ ! -e /proc/net/nf_conntrack ] || made "$most" /proc/net/nf_conntrack cat /proc/net/nf_conntrack
`,
    },
    {
      subject: 'network',
      budgetMs: 15_000,
      body: `piece "$most" 4 'ip -s neighbour show' ip -s neighbour show
piece "$most" 4 'ip -details address show' ip -details address show
piece "$most" 4 'ip route show table all' ip route show table all
piece "$most" 4 'ip -6 route show table all' ip -6 route show table all
piece "$most" 4 'ip rule show' ip rule show
piece "$most" 4 'ip -6 rule show' ip -6 rule show
piece "$most" 4 'ip maddress show' ip maddress show
piece "$most" 4 'bridge fdb show' bridge fdb show
piece "$most" 4 'resolvectl status' resolvectl status --no-pager
piece "$most" 4 'tc qdisc show' tc qdisc show
file /etc '' hosts "$most"
file /etc '' nsswitch.conf "$most"
resolver() { cat /etc/resolv.conf; }
made "$most" '/etc/resolv.conf, where it leads' resolver
`,
    },
    {
      subject: 'rules',
      budgetMs: 15_000,
      body: `piece "$most" 8 'nft -a list ruleset' nft -a list ruleset
piece "$most" 6 'iptables-save -c' iptables-save -c
piece "$most" 6 'ip6tables-save -c' ip6tables-save -c
piece "$most" 6 'iptables-legacy-save -c' iptables-legacy-save -c
piece "$most" 6 'ip6tables-legacy-save -c' ip6tables-legacy-save -c
piece "$most" 6 'ufw status verbose' ufw status verbose
`,
    },
    {
      subject: 'sessions',
      budgetMs: 20_000,
      body: `piece "$most" 5 'who -aH' who -aH
piece "$most" 5 'w' w
piece "$most" 5 'loginctl list-sessions' loginctl list-sessions --no-legend --no-pager
piece "$most" 8 'last -Fwx -n 2000' last -Fwx -n 2000
piece "$most" 8 'lastb -Fwx -n 1000' lastb -Fwx -n 1000
piece "$most" 8 'lastlog' lastlog
piece "$most" 5 'getent passwd' getent passwd
piece "$most" 5 'getent group' getent group
piece "$most" 5 'passwd -S -a' passwd -S -a
file /run '' utmp "$most"
file /var/log '' wtmp "$most"
file /var/log '' btmp "$most"
`,
    },
    {
      subject: 'memory',
      budgetMs: 25_000,
      body: `agent_maps() { for pid in $(agent_pids ${uids}); do printf '=== /proc/%s/maps\\n' "$pid"; cat "/proc/$pid/maps"; printf '\\n'; done; }
agent_rollups() { for pid in $(agent_pids ${uids}); do printf '=== /proc/%s/smaps_rollup\\n' "$pid"; cat "/proc/$pid/smaps_rollup"; done; }
${uids === '' ? '' : `made "$most" 'maps of the agents: /proc/PID/maps' agent_maps\nmade "$most" 'memory of the agents: /proc/PID/smaps_rollup' agent_rollups\n`}
foreign_maps() { grep -aH -E ' (/tmp/|/dev/shm/|/var/tmp/|/home/|/memfd:|.*\\(deleted\\)$)' /proc/[0-9]*/maps; }
made "$most" 'maps of temporary, deleted and home files in all programs' foreign_maps
file / proc modules "$most"
made "$most" /proc/mounts cat /proc/mounts
file / proc/sys/kernel tainted "$most"
piece "$most" 6 'bpftool prog show' bpftool prog show
piece "$most" 6 'dmesg' dmesg
`,
    },
  ];
}
