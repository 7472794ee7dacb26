import { addressesOf } from './nft-terms.ts';
import type { Random } from './random.ts';
import type { ChainText, RuleParts, SaveText, TableText } from './rule-sets.ts';
import { ICMP_TYPES, NETWORKS, PORTS, RANGES } from './setting.ts';

/** Where a rule of iptables will stand. A chain of one's own is reached from several hooks: `hook` is null. */
interface Place {
  readonly version: 4 | 6;
  readonly table: string;
  readonly hook: string | null;
}

function not(random: Random): string {
  return random.chance(0.25) ? '! ' : '';
}

function addressMatch(random: Random, { version }: Place): string {
  const option = random.pick(['-d', '-d', '-s']);
  if (random.chance(0.15))
    return `-m iprange ${not(random)}--${option === '-d' ? 'dst' : 'src'}-range ${random.pick(RANGES[version])}`;
  return `${not(random)}${option} ${random.pick([...addressesOf(version), ...NETWORKS[version]])}`;
}

function protocolMatch(random: Random, { version }: Place): string {
  const icmp = version === 4 ? 'icmp' : 'ipv6-icmp';
  const port = () => random.pick([...PORTS, '80:443', '4000:7890', '1:65535', '20000:20040']);
  return random.pick([
    () => `-p udp -m udp ${not(random)}--${random.pick(['dport', 'sport'])} ${port()}`,
    () => `-p tcp -m tcp ${not(random)}--dport ${port()}`,
    () =>
      `-p ${random.pick(['tcp', 'udp'])} -m multiport ${not(random)}--${random.pick(['dports', 'sports', 'ports'])} ${random.some(PORTS, 1, 3).join(',')}`,
    () =>
      `-p tcp -m tcp ${random.pick(['--syn', '! --syn', '--tcp-flags SYN,ACK SYN', '--tcp-flags ALL SYN'])}`,
    () =>
      `-p ${icmp} -m ${version === 4 ? 'icmp' : 'icmp6'} ${not(random)}--${version === 4 ? 'icmp-type' : 'icmpv6-type'} ${random.pick(ICMP_TYPES[version])}`,
    () => `${not(random)}-p ${random.pick(['tcp', 'udp', icmp, 'gre', 'esp'])}`,
  ])();
}

function interfaceMatch(random: Random, { hook }: Place): string | null {
  const names = ['eth0', 'eth1', 'wan0', 'lo', 'eth+', 'w+', 'et+'];
  const options =
    hook === 'OUTPUT' || hook === 'POSTROUTING'
      ? ['-o']
      : hook === 'FORWARD'
        ? ['-i', '-o']
        : hook === null
          ? []
          : ['-i'];
  return options.length === 0 ? null : `${not(random)}${random.pick(options)} ${random.pick(names)}`;
}

function ownerMatch(random: Random): string {
  return random.pick([
    () =>
      `-m owner ${not(random)}--uid-owner ${random.pick(['0', '1000', '1001', '1002', '65534', '100000'])}`,
    () =>
      `-m owner ${not(random)}--uid-owner ${random.pick(['1000-1002', '1-999', '100000-165535', '1001-65534'])}`,
    () => `-m owner ${not(random)}--gid-owner ${random.pick(['0', '100', '1000', '100-1000'])}`,
    () => `-m owner ${not(random)}--socket-exists`,
    () =>
      `-m owner ${not(random)}--uid-owner ${random.pick(['1000-1002', '1001'])} ${not(random)}--gid-owner 100-1000`,
  ])();
}

function stateMatch(random: Random): string {
  const states = random.some(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'], 1, 3).join(',');
  return random.pick([
    () => `-m conntrack ${not(random)}--ctstate ${states}`,
    () => `-m state ${not(random)}--state ${states.replace(',UNTRACKED', '')}`,
    () => `-m conntrack ${not(random)}--ctstate ${random.pick(['DNAT', 'SNAT', 'NEW,DNAT'])}`,
    () => `-m conntrack --ctdir ${random.pick(['ORIGINAL', 'REPLY'])}`,
  ])();
}

function otherMatch(random: Random): string {
  const types = ['LOCAL', 'UNICAST', 'MULTICAST', 'BROADCAST', 'LOCAL,MULTICAST'];
  return random.pick([
    () => `-m mark ${not(random)}--mark ${random.pick(['0x1', '0x2', '0x0/0x1', '0x1/0x3', '0x10/0xff'])}`,
    () => `-m connmark ${not(random)}--mark ${random.pick(['0x1', '0x0', '0x1/0x3'])}`,
    () => `-m addrtype ${not(random)}--${random.pick(['dst', 'dst', 'src'])}-type ${random.pick(types)}`,
    () => `-m pkttype ${not(random)}--pkt-type ${random.pick(['unicast', 'multicast', 'broadcast'])}`,
    () => '-m comment --comment "a rule: with \\"quotes\\""',
    () => '-m limit --limit 10000/sec --limit-burst 5000',
  ])();
}

function matches(random: Random, place: Place): string[] {
  const owner = place.hook === 'OUTPUT' || place.hook === 'POSTROUTING' ? 5 : 0;
  const found = new Map<string, string>();
  for (let count = random.below(4); count > 0; count -= 1) {
    const kind = random.weighted({ address: 4, protocol: 5, interface: 2, owner, state: 1.7, other: 3 });
    const match = {
      address: () => addressMatch(random, place),
      protocol: () => protocolMatch(random, place),
      interface: () => interfaceMatch(random, place),
      owner: () => ownerMatch(random),
      state: () => stateMatch(random),
      other: () => otherMatch(random),
    }[kind]();
    if (match !== null) found.set(kind, match);
  }
  return [...found.values()];
}

function markTarget(random: Random): string {
  return random.pick([
    '-j MARK --set-mark 0x1',
    '-j MARK --set-xmark 0x2/0x3',
    '-j MARK --or-mark 0x10',
    '-j MARK --and-mark 0xf',
    '-j MARK --xor-mark 0x1',
    '-j CONNMARK --set-mark 0x1',
    '-j CONNMARK --save-mark',
    '-j CONNMARK --restore-mark',
    '-j CONNMARK --set-xmark 0x2/0x2',
  ]);
}

function natTarget(random: Random, { version, hook }: Place): string {
  const port = random.pick(PORTS);
  if (hook === 'POSTROUTING' || hook === 'INPUT')
    return hook === 'POSTROUTING' && random.chance(0.5)
      ? '-j MASQUERADE'
      : `-j SNAT --to-source ${version === 4 ? '198.51.100.2' : '2001:db8:1::2'}`;
  const address = random.pick(
    version === 4
      ? ['10.1.0.7', '172.16.3.3', '9.9.9.9', '10.2.0.1']
      : ['fd01::7', 'fd10::3', '2001:db8:9::9', 'fd02::1'],
  );
  return random.pick([
    `-j DNAT --to-destination ${address}`,
    `-p tcp -j DNAT --to-destination ${version === 4 ? address : `[${address}]`}:${port}`,
    `-p udp -j REDIRECT --to-ports ${port}`,
    '-j REDIRECT',
    '-j ACCEPT',
    '-j RETURN',
  ]);
}

function rejectTarget(random: Random, { version }: Place): string {
  const kinds =
    version === 4
      ? ['icmp-port-unreachable', 'icmp-admin-prohibited']
      : ['icmp6-port-unreachable', 'icmp6-adm-prohibited'];
  return random.chance(0.2)
    ? '-p tcp -j REJECT --reject-with tcp-reset'
    : `-j REJECT --reject-with ${random.pick(kinds)}`;
}

function target(random: Random, place: Place, chains: readonly string[]): string {
  const own = chains.length > 0 ? 1 : 0;
  const rejects = place.table === 'filter' ? 1 : 0;
  const kind = random.weighted({
    accept: 4,
    drop: place.table === 'nat' ? 0 : 2.5,
    reject: rejects,
    return: 0.8,
    jump: own * 3,
    goto: own * 1.2,
    mark: place.table === 'mangle' ? 4 : place.table === 'filter' ? 0.7 : 0,
    nat: place.table === 'nat' && place.hook !== null ? 8 : 0,
    log: 0.2,
    notrack: place.table === 'raw' ? 2 : 0,
  });
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'return':
      return `-j ${kind.toUpperCase()}`;
    case 'reject':
      return rejectTarget(random, place);
    case 'jump':
      return `-j ${random.pick(chains)}`;
    case 'goto':
      return `-g ${random.pick(chains)}`;
    case 'mark':
      return markTarget(random);
    case 'nat':
      return natTarget(random, place);
    case 'log':
      return '-j LOG --log-prefix "seen: "';
    case 'notrack':
      return random.pick(['-j NOTRACK', '-j CT --notrack']);
  }
}

function ruleOf(random: Random, place: Place, chains: readonly string[]): RuleParts {
  const found = matches(random, place);
  const end = target(random, place, chains);
  // A target that asks for a protocol takes the place of a match of the protocol.
  const protocol = /^-p \S+ /.exec(end);
  return [...(protocol ? found.filter((match) => !/(^|! )-p /.test(match)) : found), end];
}

const HOOKS: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

function tableOf(random: Random, name: string, version: 4 | 6): TableText {
  const own = Array.from({ length: random.below(3) }, (_, index) => `OWN${index}`);
  const chains: ChainText[] = (HOOKS[name] ?? []).map((hook) => ({
    name: hook,
    base: name !== 'nat' && random.chance(0.1) ? 'DROP' : 'ACCEPT',
    rules: Array.from({ length: hook === 'OUTPUT' ? 1 + random.below(6) : random.below(4) }, () =>
      ruleOf(random, { version, table: name, hook }, own),
    ),
  }));
  for (const [index, chain] of own.entries())
    chains.push({
      name: chain,
      base: null,
      rules: Array.from({ length: random.below(4) }, () =>
        ruleOf(random, { version, table: name, hook: null }, own.slice(index + 1)),
      ),
    });
  return { name, sets: [], chains };
}

/** Random input for one of the four restore programs. */
export function randomSave(random: Random, backend: 'nft' | 'legacy', version: 4 | 6): SaveText {
  const weights = { filter: 1, nat: 0.4, mangle: 0.35, raw: 0.25, security: 0.1 };
  const names = Object.entries(weights)
    .filter(([, chance]) => random.chance(chance))
    .map(([name]) => name);
  return { backend, version, tables: names.map((name) => tableOf(random, name, version)) };
}

/** Empties every table that `randomSave` may have filled: legacy tables stay once they are there. */
export function emptySave(): string {
  return Object.entries(HOOKS)
    .map(([name, hooks]) => `*${name}\n${hooks.map((hook) => `:${hook} ACCEPT [0:0]`).join('\n')}\nCOMMIT`)
    .join('\n')
    .concat('\n');
}
