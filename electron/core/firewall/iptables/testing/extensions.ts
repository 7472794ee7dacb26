/** One rule as it is given to iptables behind `-A CHAIN`. */
export interface Sample {
  readonly table: 'filter' | 'nat' | 'mangle' | 'raw' | 'security';
  readonly chain: string;
  readonly rule: string;
  /** Which programs take it. */
  readonly versions: readonly (4 | 6)[];
  /** Whether the model knows all of it; what it does not is carried along as `unmodelled`. */
  readonly known: boolean;
}

const BOTH = [4, 6] as const;

function samples(
  table: Sample['table'],
  chain: string,
  known: boolean,
  versions: readonly (4 | 6)[],
  rules: string,
): Sample[] {
  return rules
    .trim()
    .split('\n')
    .map((rule) => ({ table, chain, rule: rule.trim(), versions, known }));
}

/** Every match and target that the reader knows, and many that it must not claim to know; `own` is a chain of the user. */
export const SAMPLES: readonly Sample[] = [
  ...samples(
    'filter',
    'INPUT',
    true,
    BOTH,
    `
    -j ACCEPT
    -j REJECT
    -j own
    -g own
    -i lo -j DROP
    -i eth+ -j DROP
    ! -i eth+ -j DROP
    -i + -j DROP
    -p tcp -j ACCEPT
    ! -p tcp -j ACCEPT
    -p all -j ACCEPT
    -p 47 -j ACCEPT
    -p esp -j ACCEPT
    -p ah -j ACCEPT
    -p igmp -j ACCEPT
    -p sctp -j ACCEPT
    -p 253 -j ACCEPT
    -p icmp -j ACCEPT
    -p icmpv6 -j ACCEPT
    -p tcp --dport 22:80 --sport 1024: -j ACCEPT
    -p tcp ! --dport 22 -j ACCEPT
    -p tcp --dport :80 -j ACCEPT
    -p tcp --syn -j ACCEPT
    -p tcp ! --syn -j ACCEPT
    -p tcp --tcp-flags ALL NONE -j DROP
    -p tcp --tcp-flags ALL ALL -j DROP
    -p tcp ! --tcp-flags SYN,ACK SYN -j DROP
    -p udp --dport 5353 -j ACCEPT
    -p sctp --dport 5353 -j ACCEPT
    -p dccp --sport 1:9 -j ACCEPT
    -p udplite -m multiport --dports 1,2 -j ACCEPT
    -p tcp -m multiport --dports 22,80,443:445 -j ACCEPT
    -p tcp -m multiport ! --sports 22,80 -j ACCEPT
    -p udp -m multiport --ports 22,80:90 -j ACCEPT
    -m conntrack --ctstate NEW,RELATED,DNAT -j ACCEPT
    -m conntrack ! --ctstate INVALID -j ACCEPT
    -m conntrack ! --ctstate SNAT,DNAT -j ACCEPT
    -m conntrack --ctstate SNAT,UNTRACKED,ESTABLISHED -j ACCEPT
    -m conntrack --ctdir ORIGINAL -j ACCEPT
    -m state --state NEW,ESTABLISHED -j ACCEPT
    -m state ! --state NEW -j ACCEPT
    -m mark --mark 1 -j ACCEPT
    -m mark ! --mark 0x10/0xff -j ACCEPT
    -m connmark --mark 0x10/0xff -j ACCEPT
    -m addrtype --dst-type LOCAL -j ACCEPT
    -m addrtype ! --src-type UNICAST,LOCAL -j ACCEPT
    -m addrtype --dst-type MULTICAST -j ACCEPT
    -m addrtype --src-type UNSPEC -j ACCEPT
    -m pkttype --pkt-type multicast -j ACCEPT
    -m pkttype ! --pkt-type unicast -j ACCEPT
    -m limit --limit 3/min --limit-burst 10 -j ACCEPT
    -m hashlimit --hashlimit-name a --hashlimit-above 3/sec --hashlimit-mode srcip -j DROP
    -m hashlimit --hashlimit-name b --hashlimit-upto 3/sec --hashlimit-burst 5 -j ACCEPT
    -m recent --name bar --set -j ACCEPT
    -m recent --name bar --rcheck --seconds 60 --hitcount 4 -j DROP
    -m recent --name bar ! --update --seconds 60 -j DROP
    -m recent --name bar --remove -j DROP
    -m statistic --mode random --probability 0.5 -j ACCEPT
    -m statistic --mode nth --every 3 --packet 0 -j ACCEPT
    -m time --timestart 08:00 --timestop 17:00 --weekdays Mon,Tue -j ACCEPT
    -p tcp -m connlimit --connlimit-above 10 -j REJECT --reject-with tcp-reset
    -p tcp -m connlimit --connlimit-upto 10 -j ACCEPT
    -m quota --quota 100000 -j ACCEPT
    -m length --length 10:20 -j ACCEPT
    -m dscp --dscp 10 -j ACCEPT
    -m tos --tos 0x10 -j ACCEPT
    -m comment --comment 'it is "quoted" \\ $x -j DROP' -j ACCEPT
    -m comment --comment -j -j ACCEPT
    -j LOG --log-prefix 'hi "there" ' --log-level 4 --log-uid
    -j NFLOG --nflog-group 5 --nflog-prefix 'a b'
    -j AUDIT --type accept
    `,
  ),
  ...samples(
    'filter',
    'FORWARD',
    true,
    BOTH,
    `
    -o eth0 -j DROP
    ! -o eth+ -i eth1 -j DROP
    -j own
    `,
  ),
  ...samples(
    'filter',
    'OUTPUT',
    true,
    BOTH,
    `
    -m owner --uid-owner root -j ACCEPT
    -m owner --uid-owner 1000-2000 -j ACCEPT
    -m owner ! --gid-owner daemon -j ACCEPT
    -m owner --uid-owner 5 ! --gid-owner 6 -j ACCEPT
    -m owner --socket-exists -j ACCEPT
    -m owner ! --socket-exists ! --uid-owner 5 -j ACCEPT
    `,
  ),
  ...samples(
    'filter',
    'INPUT',
    true,
    [4],
    `
    -s 10.0.0.0/8 -d 1.2.3.4 -j ACCEPT
    ! -s 10.0.0.0/8 -j ACCEPT
    -d 224.0.0.251/32 -j ACCEPT
    -s 10.0.0.1,10.0.0.2 -j ACCEPT
    -s 10.9.8.7/255.255.0.0 -j ACCEPT
    -f -j ACCEPT
    ! -f -j ACCEPT
    -p icmp --icmp-type any -j ACCEPT
    -p icmp --icmp-type echo-request -j ACCEPT
    -p icmp ! --icmp-type 3/1 -j ACCEPT
    -p icmp --icmp-type fragmentation-needed -j ACCEPT
    -m iprange --src-range 1.1.1.1-1.1.1.9 ! --dst-range 2.2.2.2-2.2.2.5 -j ACCEPT
    -m ttl --ttl-eq 1 -j ACCEPT
    -j REJECT --reject-with icmp-admin-prohibited
    -m addrtype --dst-type BROADCAST,MULTICAST -j DROP
    `,
  ),
  ...samples(
    'filter',
    'INPUT',
    true,
    [6],
    `
    -s fe80::/10 -d 2001:db8::1 -j ACCEPT
    ! -s fe80::/10 -j ACCEPT
    -p icmpv6 --icmpv6-type neighbour-solicitation -m hl --hl-eq 255 -j ACCEPT
    -p icmpv6 ! --icmpv6-type 1/4 -j ACCEPT
    -m iprange --src-range 2001:db8::1-2001:db8::9 -j ACCEPT
    -m rt --rt-type 0 -j DROP
    -m frag --fragmore -j DROP
    -j REJECT --reject-with icmp6-adm-prohibited
    `,
  ),
  ...samples(
    'mangle',
    'OUTPUT',
    true,
    BOTH,
    `
    -j MARK --set-mark 1
    -j MARK --set-xmark 1/0xff
    -j MARK --and-mark 1
    -j MARK --or-mark 0x10
    -j MARK --xor-mark 0x10
    -j CONNMARK --set-mark 1
    -j CONNMARK --set-xmark 1/0xff
    -j CONNMARK --save-mark
    -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xf
    -j CONNMARK --restore-mark --mask 0xff
    -j CONNMARK --restore-mark
    -j CONNMARK --and-mark 5
    -j CONNMARK --or-mark 5
    -j TOS --set-tos 0x10
    -j DSCP --set-dscp 10
    -j CLASSIFY --set-class 1:2
    `,
  ),
  ...samples(
    'mangle',
    'POSTROUTING',
    true,
    BOTH,
    `
    -p udp --dport 68 -j CHECKSUM --checksum-fill
    -p tcp --syn -o eth0 -j TCPMSS --clamp-mss-to-pmtu
    `,
  ),
  ...samples(
    'raw',
    'PREROUTING',
    true,
    BOTH,
    `
    -j CT --notrack
    -j NOTRACK
    -p tcp --dport 21 -j CT --helper ftp
    -p tcp -j CT --zone 4
    -p tcp -j TRACE
    -m rpfilter --invert -j DROP
    `,
  ),
  ...samples('security', 'OUTPUT', true, BOTH, '-j ACCEPT'),
  ...samples('nat', 'OUTPUT', true, BOTH, '-p tcp --dport 80 -j REDIRECT --to-ports 8080-8090'),
  ...samples('nat', 'PREROUTING', true, BOTH, '-j REDIRECT'),
  ...samples(
    'nat',
    'POSTROUTING',
    true,
    BOTH,
    `
    -o eth0 -j MASQUERADE
    -p tcp -j MASQUERADE --to-ports 1000-2000 --random
    `,
  ),
  ...samples(
    'nat',
    'PREROUTING',
    true,
    [4],
    `
    -p tcp --dport 80 -j DNAT --to-destination 10.0.0.5
    -p tcp --dport 80 -j DNAT --to-destination 10.0.0.5:8080
    -p tcp --dport 80 -j DNAT --to-destination 10.0.0.5-10.0.0.9:8080-8090
    -p tcp --dport 80 -j DNAT --to-destination :8080 --random
    `,
  ),
  ...samples('nat', 'POSTROUTING', true, [4], '-p tcp -j SNAT --to-source 10.0.0.5:1000-2000 --persistent'),
  ...samples('nat', 'INPUT', true, [4], '-j SNAT --to-source 10.0.0.5'),
  ...samples(
    'nat',
    'PREROUTING',
    true,
    [6],
    `
    -p tcp --dport 80 -j DNAT --to-destination [fd00::5]:8080
    -p tcp --dport 80 -j DNAT --to-destination fd00::5
    -p tcp --dport 80 -j DNAT --to-destination fd00::5-fd00::9
    -p tcp --dport 80 -j DNAT --to-destination :8080
    `,
  ),
  ...samples('nat', 'POSTROUTING', true, [6], '-p tcp -j SNAT --to-source [fd00::5]:1000-2000'),

  ...samples(
    'filter',
    'INPUT',
    false,
    BOTH,
    `
    -p tcp --tcp-option 2 -j DROP
    -m conntrack --ctproto tcp -j ACCEPT
    -m conntrack --ctstatus ASSURED -j ACCEPT
    -m conntrack --ctexpire 10:20 -j ACCEPT
    -m conntrack --ctstate NEW --ctorigdstport 80 -j ACCEPT
    -m addrtype --dst-type LOCAL --limit-iface-in -j ACCEPT
    -m connbytes --connbytes 10:20 --connbytes-dir both --connbytes-mode packets -j ACCEPT
    -m mac --mac-source 00:11:22:33:44:55 -j ACCEPT
    -m string --algo bm --string 'a "b" -j DROP' -j ACCEPT
    -m u32 --u32 '0>>22&0x3C@ 0>>24=0' -j ACCEPT
    -m bpf --bytecode '4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0' -j ACCEPT
    -m helper --helper ftp -j ACCEPT
    -m policy --dir in --pol none -j ACCEPT
    -m socket --transparent -j ACCEPT
    -m cpu --cpu 0 -j ACCEPT
    -m devgroup --src-group 1 -j ACCEPT
    -p tcp -m ecn --ecn-tcp-cwr -j ACCEPT
    -p esp -m esp --espspi 5 -j ACCEPT
    -p tcp -m tcpmss --mss 500:600 -j ACCEPT
    -p sctp --chunk-types any INIT -j ACCEPT
    -p dccp --dccp-types REQUEST -j ACCEPT
    -j NFQUEUE --queue-num 3
    -j NFQUEUE --queue-num 3 --queue-bypass
    `,
  ),
  ...samples('filter', 'FORWARD', false, BOTH, '-m physdev --physdev-in eth0 -j ACCEPT'),
  ...samples(
    'filter',
    'OUTPUT',
    false,
    BOTH,
    `
    -m owner --gid-owner 5 --suppl-groups -j ACCEPT
    -m cgroup --cgroup 1 -j ACCEPT
    `,
  ),
  ...samples(
    'filter',
    'INPUT',
    false,
    [4],
    `
    -s 10.0.0.1/255.0.0.255 -j ACCEPT
    -m realm --realm 1 -j ACCEPT
    `,
  ),
  ...samples(
    'filter',
    'INPUT',
    false,
    [6],
    `
    -s ::1/ffff::ffff -j ACCEPT
    -m ipv6header --header frag --soft -j ACCEPT
    -m eui64 -j ACCEPT
    -m addrtype --dst-type ANYCAST -j ACCEPT
    `,
  ),
  ...samples(
    'mangle',
    'PREROUTING',
    false,
    BOTH,
    `
    -p tcp -j TPROXY --on-port 80 --tproxy-mark 1/1
    -j CONNMARK --left-shift-mark 5 --save-mark
    `,
  ),
  ...samples('mangle', 'PREROUTING', false, [4], '-j TEE --gateway 10.0.0.1'),
  ...samples(
    'nat',
    'PREROUTING',
    false,
    [4],
    `
    -d 1.2.3.0/24 -j NETMAP --to 10.0.0.0/24
    -p tcp --dport 80:90 -j DNAT --to-destination 10.0.0.5:8080-8090/80
    `,
  ),
];
