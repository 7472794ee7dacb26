import type { IsolationScope } from './isolation.ts';

/** The two tables of an isolated node itself. */
export const OWN_TABLES = [
  { family: 'inet', name: 'swarmkeep_isolation' },
  { family: 'netdev', name: 'swarmkeep_isolation' },
] as const;

/** The two tables by which a peer drops one node. @param isolation 32 hex digits: of this one node */
export const fenceTables = (isolation: string) =>
  [
    { family: 'inet', name: `swarmkeep_fence_${isolation.slice(0, 16)}` },
    { family: 'netdev', name: `swarmkeep_fence_${isolation.slice(0, 16)}` },
  ] as const;

/** One SSH connection as the node sees it: validated addresses of one family, and the node's own port. */
export interface SshWay {
  console: string;
  node: string;
  port: number;
}

/** What the rules of an isolated node are made of; every text in it was validated before. */
export interface OwnRules {
  scope: IsolationScope;
  ways: readonly SshWay[];
  /** SSH ports that the whole LAN may reach; empty: only `ways` pass. */
  lanPorts: readonly number[];
  /** Accounts of mycoSwarm and what they can become, as numbers or ranges. */
  accounts: readonly string[];
  /** TCP ports on which these listen. */
  ports: readonly number[];
  interfaces: readonly string[];
}

/** What the rules of a peer are made of. */
export interface FenceRules {
  isolation: string;
  scope: IsolationScope;
  macs: readonly string[];
  addresses: readonly string[];
  /** Port of the swarm's API, which is all that is cut for scope `agent`. */
  port: number;
  interfaces: readonly string[];
}

/** Before everything that others hook in (Netfilter's own first is defragmentation at -400). A drop is final, an accept is not. */
const FIRST = -500;
/** LAN as the checks of Swarmkeep mean it, without loopback and multicast. */
const LAN4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'];
const LAN6 = ['fe80::/10', 'fc00::/7'];
/**
 * Neighbour discovery of RFC 4861 never comes from beyond the link: hop limit 255. It is short: 80 bytes with the longest option that is in use (RFC 4861,
 * 4.3 and 4.4, the nonce of RFC 7527), and 18 of the frame where that counts. Few are needed, so few pass.
 */
const NEIGHBOURS =
  'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 meta length <= 98';
const DISCOVERY_IN = `${NEIGHBOURS} limit rate 50/second burst 50 packets accept`;
/** Where a neighbour is asked for and answered without leaving the link: all nodes, the solicited node (RFC 4291, 2.7.1), addresses of the link. */
const NEIGHBOUR_PLACES = ['fe80::/10', 'ff02::1', 'ff02::1:ff00:0/104'];
/** A frame of ARP has 42 bytes, filled up to 60 (RFC 826, IEEE 802.3, 4.2.3.3), and perhaps a tag. */
const ARP = 'arp operation { request, reply } meta length <= 64 limit rate 20/second burst 50 packets accept';
/** What answers, and never what begins: a packet with SYN and without ACK opens a connection (RFC 9293, 3.5). */
const ANSWERS = 'tcp flags & (syn | ack) != syn accept';

const isV6 = (address: string) => address.includes(':');
const set = (items: readonly (string | number)[]) => `{ ${[...new Set(items)].join(', ')} }`;

/**
 * The rules of an isolated node as one text for `nft -f`, which the kernel takes as one transaction. No rule trusts connection tracking: what was
 * established before ends with the rest.
 * @param withEgress false where the kernel has no egress hook (before 5.16)
 */
export function ownRulesText(rules: OwnRules, withEgress = true): string {
  const inet = rules.scope === 'node' ? nodeInet(rules) : agentInet(rules);
  const egress = rules.scope === 'node' ? nodeEgress(rules) : agentEgress(rules);
  const netdev = withEgress ? chains('egress', rules.interfaces, egress) : [];
  return transaction(OWN_TABLES, inet, netdev);
}

function nodeInet({ ways, lanPorts }: OwnRules): string[] {
  return [
    chain('input', 'drop', [
      'iifname "lo" accept',
      DISCOVERY_IN,
      ...ways.map(
        (way) => `${ip(way)} saddr ${way.console} ${ip(way)} daddr ${way.node} tcp dport ${way.port} accept`,
      ),
      ...fromLan(lanPorts),
      'counter drop',
    ]),
    chain('output', 'drop', [
      'oifname "lo" accept',
      discoveryOut(ways, lanPorts),
      ...answers(ways, lanPorts),
      'counter drop',
    ]),
    chain('forward', 'drop', ['counter drop']),
  ];
}

function nodeEgress({ ways, lanPorts }: OwnRules) {
  const rules = [ARP, discoveryOut(ways, lanPorts), ...answers(ways, lanPorts), 'counter drop'];
  return { policy: 'drop', rules } as const;
}

/**
 * What leaves as neighbour discovery stays on the link, or goes where SSH answers go anyway: a router passes on whatever has an address of elsewhere,
 * and its data would be a way out.
 */
function discoveryOut(ways: readonly SshWay[], lanPorts: readonly number[]): string {
  const lan = lanPorts.length === 0 ? [] : LAN6.slice(1);
  const isIn = (address: string) => /^fe[89ab]/i.test(address) || (lan.length > 0 && /^f[cd]/i.test(address));
  const consoles = ways.map((way) => way.console).filter((one) => isV6(one) && !isIn(one));
  const places = set([...NEIGHBOUR_PLACES, ...lan, ...consoles]);
  return `${NEIGHBOURS} ip6 daddr ${places} limit rate 20/second burst 50 packets accept`;
}

/** Loopback too: a resolver or proxy on the node would carry out what the agent says. */
function agentInet({ accounts, ports }: OwnRules): string[] {
  const shut = ports.length === 0 ? [] : [`tcp dport ${set(ports)} counter drop`];
  return [
    chain('input', 'accept', shut),
    chain('output', 'accept', [`meta skuid ${set(accounts)} counter drop`]),
    chain('forward', 'accept', []),
  ];
}

function agentEgress({ accounts }: OwnRules) {
  return { policy: 'accept', rules: [`meta skuid ${set(accounts)} counter drop`] } as const;
}

function answers(ways: readonly SshWay[], lanPorts: readonly number[]): string[] {
  const toLan = lanPorts.length === 0 ? [] : [`ip daddr ${set(LAN4)}`, `ip6 daddr ${set(LAN6)}`];
  return [
    ...ways.map(
      (way) =>
        `${ip(way)} saddr ${way.node} ${ip(way)} daddr ${way.console} tcp sport ${way.port} ${ANSWERS}`,
    ),
    ...toLan.map((lan) => `${lan} tcp sport ${set(lanPorts)} ${ANSWERS}`),
  ];
}

function fromLan(ports: readonly number[]): string[] {
  if (ports.length === 0) return [];
  return [`ip saddr ${set(LAN4)}`, `ip6 saddr ${set(LAN6)}`].map(
    (lan) => `${lan} tcp dport ${set(ports)} accept`,
  );
}

/**
 * The rules by which a peer drops one node, as one text for `nft -f`. What comes is dropped by its sender, at the interface (ARP too) and again
 * in input and forward; what goes is dropped by address in output and by `ether daddr` where that is known: in the egress hook.
 */
export function fenceRulesText(rules: FenceRules, withEgress = true): string {
  const { scope, macs, port, interfaces } = rules;
  const v4 = rules.addresses.filter((address) => !isV6(address));
  const v6 = rules.addresses.filter(isV6);
  // For scope `agent` only what the swarm's software says is dropped: its API and its announcements (RFC 6762, port 5353).
  const parts = scope === 'node' ? [''] : [`tcp dport ${port} `, `tcp sport ${port} `, 'udp dport 5353 '];
  const drops = (matches: readonly string[]) =>
    matches.flatMap((match) => parts.map((part) => `${match} ${part}counter drop`));
  const by = (side: 'saddr' | 'daddr') => [
    ...(v4.length === 0 ? [] : [`ip ${side} ${set(v4)}`]),
    ...(v6.length === 0 ? [] : [`ip6 ${side} ${set(v6)}`]),
  ];
  const ether = (side: 'saddr' | 'daddr') => (macs.length === 0 ? [] : [`ether ${side} ${set(macs)}`]);
  const inet = [
    chain('input', 'accept', drops([...ether('saddr'), ...by('saddr')])),
    chain('forward', 'accept', drops([...ether('saddr'), ...by('saddr'), ...by('daddr')])),
    chain('output', 'accept', drops(by('daddr'))),
  ];
  const egress = { policy: 'accept', rules: drops([...ether('daddr'), ...by('daddr')]) } as const;
  const ingress = { policy: 'accept', rules: drops([...ether('saddr'), ...by('saddr')]) } as const;
  const netdev = [
    ...chains('ingress', interfaces, ingress),
    ...(withEgress ? chains('egress', interfaces, egress) : []),
  ];
  return transaction(fenceTables(rules.isolation), inet, netdev);
}

const ip = ({ node }: SshWay) => (isV6(node) ? 'ip6' : 'ip');

function chain(hook: string, policy: string, rules: readonly string[]): string {
  const lines = rules.map((rule) => `    ${rule}\n`).join('');
  return `  chain ${hook} {\n    type filter hook ${hook} priority ${FIRST}; policy ${policy};\n${lines}  }\n`;
}

/** A base chain of family netdev belongs to devices; one each, so that one that goes away takes no other with it. */
function chains(
  hook: string,
  interfaces: readonly string[],
  { policy, rules }: { policy: string; rules: readonly string[] },
): string[] {
  const lines = rules.map((rule) => `    ${rule}\n`).join('');
  return interfaces.map(
    (device, index) =>
      `  chain ${hook}${index} {\n    type filter hook ${hook} device "${device}" priority ${FIRST}; policy ${policy};\n${lines}  }\n`,
  );
}

/** Replaces both tables whether they are there or not: added first, so that there is one to delete. */
function transaction(
  tables: readonly [{ family: string; name: string }, { family: string; name: string }],
  inet: readonly string[],
  netdev: readonly string[],
): string {
  return tables
    .map(({ family, name }, index) => {
      const body = index === 0 ? inet : netdev;
      const table = body.length === 0 ? '' : `table ${family} ${name} {\n${body.join('')}}\n`;
      return `add table ${family} ${name}\ndelete table ${family} ${name}\n${table}`;
    })
    .join('');
}
