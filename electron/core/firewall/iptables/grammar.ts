/**
 * Options of extensions and how many values each takes (iptables-extensions(8)). A value may begin with a hyphen and
 * iptables-save does not quote it then (`--comment -j`), so the number of values must be known to find the next option.
 */
type Options = Readonly<Record<string, number>>;

const PORTS: Options = { '--sport': 1, '--source-port': 1, '--dport': 1, '--destination-port': 1 };
const STATE_NAMES: Options = { '--state': 1 };

const MATCHES: Readonly<Record<string, Options>> = {
  tcp: { ...PORTS, '--tcp-flags': 2, '--syn': 0, '--tcp-option': 1 },
  udp: PORTS,
  udplite: PORTS,
  sctp: { ...PORTS, '--chunk-types': 2 },
  dccp: { ...PORTS, '--dccp-types': 1, '--dccp-option': 1 },
  multiport: {
    '--sports': 1,
    '--source-ports': 1,
    '--dports': 1,
    '--destination-ports': 1,
    '--ports': 1,
  },
  icmp: { '--icmp-type': 1 },
  icmp6: { '--icmpv6-type': 1 },
  owner: { '--uid-owner': 1, '--gid-owner': 1, '--socket-exists': 0, '--suppl-groups': 0 },
  conntrack: {
    '--ctstate': 1,
    '--ctproto': 1,
    '--ctorigsrc': 1,
    '--ctorigdst': 1,
    '--ctreplsrc': 1,
    '--ctrepldst': 1,
    '--ctorigsrcport': 1,
    '--ctorigdstport': 1,
    '--ctreplsrcport': 1,
    '--ctrepldstport': 1,
    '--ctstatus': 1,
    '--ctexpire': 1,
    '--ctdir': 1,
  },
  state: STATE_NAMES,
  mark: { '--mark': 1 },
  connmark: { '--mark': 1 },
  iprange: { '--src-range': 1, '--dst-range': 1 },
  addrtype: { '--src-type': 1, '--dst-type': 1, '--limit-iface-in': 0, '--limit-iface-out': 0 },
  pkttype: { '--pkt-type': 1 },
  limit: { '--limit': 1, '--limit-burst': 1 },
  hashlimit: {
    '--hashlimit': 1,
    '--hashlimit-upto': 1,
    '--hashlimit-above': 1,
    '--hashlimit-burst': 1,
    '--hashlimit-mode': 1,
    '--hashlimit-srcmask': 1,
    '--hashlimit-dstmask': 1,
    '--hashlimit-name': 1,
    '--hashlimit-htable-size': 1,
    '--hashlimit-htable-max': 1,
    '--hashlimit-htable-expire': 1,
    '--hashlimit-htable-gcinterval': 1,
    '--hashlimit-rate-match': 0,
    '--hashlimit-rate-interval': 1,
  },
  recent: {
    '--set': 0,
    '--rcheck': 0,
    '--update': 0,
    '--remove': 0,
    '--seconds': 1,
    '--reap': 0,
    '--hitcount': 1,
    '--rttl': 0,
    '--name': 1,
    '--rsource': 0,
    '--rdest': 0,
    '--mask': 1,
  },
  statistic: { '--mode': 1, '--probability': 1, '--every': 1, '--packet': 1 },
  time: {
    '--datestart': 1,
    '--datestop': 1,
    '--timestart': 1,
    '--timestop': 1,
    '--monthdays': 1,
    '--weekdays': 1,
    '--contiguous': 0,
    '--kerneltz': 0,
    '--utc': 0,
    '--localtz': 0,
  },
  connlimit: {
    '--connlimit-upto': 1,
    '--connlimit-above': 1,
    '--connlimit-mask': 1,
    '--connlimit-saddr': 0,
    '--connlimit-daddr': 0,
  },
  quota: { '--quota': 1 },
  comment: { '--comment': 1 },
  physdev: {
    '--physdev-in': 1,
    '--physdev-out': 1,
    '--physdev-is-in': 0,
    '--physdev-is-out': 0,
    '--physdev-is-bridged': 0,
  },
  mac: { '--mac-source': 1 },
  set: {
    '--match-set': 2,
    '--return-nomatch': 0,
    '--update-counters': 0,
    '--update-subcounters': 0,
    '--packets-eq': 1,
    '--packets-lt': 1,
    '--packets-gt': 1,
    '--bytes-eq': 1,
    '--bytes-lt': 1,
    '--bytes-gt': 1,
  },
  rpfilter: { '--loose': 0, '--validmark': 0, '--accept-local': 0, '--invert': 0 },
  string: {
    '--from': 1,
    '--to': 1,
    '--algo': 1,
    '--string': 1,
    '--hex-string': 1,
    '--icase': 0,
  },
  helper: { '--helper': 1 },
  cgroup: { '--cgroup': 1, '--path': 1 },
  bpf: { '--bytecode': 1, '--object-pinned': 1 },
  u32: { '--u32': 1 },
  connlabel: { '--label': 1, '--set': 0 },
};

const TARGETS: Readonly<Record<string, Options>> = {
  ACCEPT: {},
  DROP: {},
  RETURN: {},
  QUEUE: {},
  REJECT: { '--reject-with': 1 },
  LOG: {
    '--log-level': 1,
    '--log-prefix': 1,
    '--log-tcp-sequence': 0,
    '--log-tcp-options': 0,
    '--log-ip-options': 0,
    '--log-uid': 0,
    '--log-macdecode': 0,
  },
  NFLOG: {
    '--nflog-group': 1,
    '--nflog-prefix': 1,
    '--nflog-range': 1,
    '--nflog-size': 1,
    '--nflog-threshold': 1,
  },
  ULOG: { '--ulog-nlgroup': 1, '--ulog-prefix': 1, '--ulog-cprange': 1, '--ulog-qthreshold': 1 },
  MARK: {
    '--set-mark': 1,
    '--set-xmark': 1,
    '--and-mark': 1,
    '--or-mark': 1,
    '--xor-mark': 1,
  },
  CONNMARK: {
    '--set-mark': 1,
    '--set-xmark': 1,
    '--and-mark': 1,
    '--or-mark': 1,
    '--xor-mark': 1,
    '--save-mark': 0,
    '--restore-mark': 0,
    '--nfmask': 1,
    '--ctmask': 1,
    '--mask': 1,
    '--left-shift-mark': 1,
    '--right-shift-mark': 1,
  },
  CT: {
    '--notrack': 0,
    '--helper': 1,
    '--ctevents': 1,
    '--expevents': 1,
    '--zone': 1,
    '--zone-orig': 1,
    '--zone-reply': 1,
    '--timeout': 1,
  },
  NOTRACK: {},
  DNAT: { '--to-destination': 1, '--random': 0, '--persistent': 0 },
  SNAT: { '--to-source': 1, '--random': 0, '--random-fully': 0, '--persistent': 0 },
  MASQUERADE: { '--to-ports': 1, '--random': 0, '--random-fully': 0 },
  REDIRECT: { '--to-ports': 1, '--random': 0 },
  NETMAP: { '--to': 1 },
  SET: {
    '--add-set': 2,
    '--del-set': 2,
    '--map-set': 2,
    '--timeout': 1,
    '--exist': 0,
    '--map-mark': 0,
    '--map-prio': 0,
    '--map-queue': 0,
  },
};

function find(all: Readonly<Record<string, Options>>, extension: string, option: string): number | null {
  if (!Object.hasOwn(all, extension)) return null;
  const options = all[extension] as Options;
  return Object.hasOwn(options, option) ? (options[option] as number) : null;
}

/** How many values an option of a match takes; null when that match does not have it. */
export function valuesOfMatchOption(match: string, option: string): number | null {
  return find(MATCHES, match, option);
}

/** How many values an option of a target takes; null when that target does not have it. */
export function valuesOfTargetOption(target: string, option: string): number | null {
  return find(TARGETS, target, option);
}
