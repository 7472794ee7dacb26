/** Names of protocols as iptables-save prints them: its own list first (xtables_chain_protos), then IANA's assigned numbers. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    tcp: 6,
    udp: 17,
    udplite: 136,
    icmp: 1,
    icmpv6: 58,
    'ipv6-icmp': 58,
    esp: 50,
    ah: 51,
    'ipv6-mh': 135,
    mh: 135,
    'mobility-header': 135,
    sctp: 132,
    dccp: 33,
    gre: 47,
    igmp: 2,
    hopopt: 0,
    ggp: 3,
    ipencap: 4,
    st: 5,
    egp: 8,
    igp: 9,
    pup: 12,
    hmp: 20,
    'xns-idp': 22,
    rdp: 27,
    'iso-tp4': 29,
    xtp: 36,
    ddp: 37,
    'idpr-cmtp': 38,
    ipv6: 41,
    'ipv6-route': 43,
    'ipv6-frag': 44,
    idrp: 45,
    rsvp: 46,
    skip: 57,
    'ipv6-nonxt': 59,
    'ipv6-opts': 60,
    rspf: 73,
    vmtp: 81,
    eigrp: 88,
    ospf: 89,
    'ax.25': 93,
    ipip: 94,
    etherip: 97,
    encap: 98,
    pim: 103,
    ipcomp: 108,
    vrrp: 112,
    l2tp: 115,
    isis: 124,
    fc: 133,
    'mpls-in-ip': 137,
    manet: 138,
    hip: 139,
    shim6: 140,
    wesp: 141,
    rohc: 142,
    ethernet: 143,
  }),
);

/**
 * The number of a protocol as `-p` names it.
 * @returns `'all'` for `all` and 0, which iptables(8) calls the same; null for a name that is not known
 */
export function parseProtocol(text: string): bigint | 'all' | null {
  const name = text.toLowerCase();
  if (name === 'all') return 'all';
  const number = /^\d{1,3}$/.test(name) ? Number(name) : PROTOCOLS.get(name);
  if (number === undefined || number > 255) return null;
  return number === 0 ? 'all' : BigInt(number);
}
