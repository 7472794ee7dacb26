import { parseAddress } from '#core/firewall/address.ts';
import { type Interval, normalize } from '#core/firewall/interval.ts';
import type { AccountFact } from '#shared/domain/facts/accounts.ts';
import type { FixStep } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { type Agent, agentOf } from './agent.ts';
import type { CheckInput } from './check.ts';
import { seen } from './knowledge.ts';
import { asRoot, byHand, takeFileBack, undoneBy, wayBack, writeFileStep } from './steps.ts';
import { apiPorts, type ListedNode, listedNodes } from './swarm-nodes.ts';

export const RULES = '/etc/nftables.d/swarmkeep-agent.nft';
export const UNIT = 'swarmkeep-agent.service';

/** The home network as the fence lets it pass. */
export const HOME4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '224.0.0.0/24'];
export const HOME6 = ['fe80::/10', 'fc00::/7', 'ff02::/16'];

/** What a rule set for an agent is made of. */
export interface Fence {
  /** `1001`, `100000-165535`. */
  uids: readonly string[];
  /** Ports of mycoSwarm's API. */
  ports: readonly number[];
  /** Addresses of listed nodes, and of resolvers that the operator declared. */
  nodes: readonly { version: 4 | 6; address: string }[];
  resolvers: readonly { version: 4 | 6; address: string }[];
}

const set = (items: readonly (string | number)[]): string => `{ ${[...new Set(items)].join(', ')} }`;

/** @returns the addresses of one family */
export function addressesOf(list: Fence['nodes'], version: 4 | 6): string[] {
  return list.filter((entry) => entry.version === version).map((entry) => entry.address);
}

/**
 * One table of its own for the agent's account (nft(8)): both families, what is not named is dropped. Accepting here opens nothing that
 * another table stops. Loading it again replaces this table and touches no other.
 *
 * A packet that goes to an address of this machine is let through by the address and never by `lo` alone: translation in the output hook
 * leaves the interface as it was and changes the address.
 */
export function fenceLines({ uids, ports, nodes, resolvers }: Fence): string[] {
  const log = 'log prefix "swarmkeep agent stopped: " flags skuid';
  return [
    '#!/usr/sbin/nft -f',
    `# Keeps the agent of mycoSwarm (uid ${uids.join(', ')}) at home. Written with Swarmkeep.`,
    'table inet swarmkeep_agent',
    'delete table inet swarmkeep_agent',
    'table inet swarmkeep_agent {',
    '  # Destinations that were logged within the last minute.',
    '  set logged4 { type ipv4_addr; size 4096; flags dynamic, timeout; timeout 1m; }',
    '  set logged6 { type ipv6_addr; size 4096; flags dynamic, timeout; timeout 1m; }',
    '  chain output {',
    '    type filter hook output priority filter; policy accept;',
    `    meta skuid ${set(uids)} goto agent`,
    '  }',
    '  chain agent {',
    '    ip daddr 224.0.0.251 udp dport 5353 accept',
    '    ip6 daddr ff02::fb udp dport 5353 accept',
    `    tcp dport ${set(ports)} goto nodes`,
    '    meta l4proto { tcp, udp } th dport { 53, 853 } goto resolvers',
    `    ip daddr ${set(['127.0.0.0/8', ...HOME4])} accept`,
    `    ip6 daddr ${set(['::1', ...HOME6])} accept`,
    '    goto stop',
    '  }',
    '  chain nodes {',
    `    ip daddr ${set(['127.0.0.0/8', ...addressesOf(nodes, 4)])} accept`,
    `    ip6 daddr ${set(['::1', ...addressesOf(nodes, 6)])} accept`,
    `    oifname "lo" ip daddr ${set(HOME4.slice(0, 4))} accept`,
    '    goto stop',
    '  }',
    '  chain resolvers {',
    ...([4, 6] as const).flatMap((version) => {
      const declared = addressesOf(resolvers, version);
      return declared.length === 0
        ? []
        : [`    ${version === 4 ? 'ip' : 'ip6'} daddr ${set(declared)} accept`];
    }),
    '    goto stop',
    '  }',
    '  chain stop {',
    '    ip daddr @logged4 counter drop',
    '    ip6 daddr @logged6 counter drop',
    `    add @logged4 { ip daddr } ${log}`,
    `    add @logged6 { ip6 daddr } ${log}`,
    '    counter drop',
    '  }',
    '}',
  ];
}

/**
 * A unit that loads a file of rules at boot, and again when nftables.service erased them (systemd.unit(5)).
 * @param path of the file, with characters that need no quotes
 */
export function rulesUnit(description: string, path: string): string[] {
  return [
    '[Unit]',
    `Description=${description}`,
    'DefaultDependencies=no',
    'Wants=network-pre.target',
    'Before=network-pre.target shutdown.target',
    'After=local-fs.target nftables.service',
    'Conflicts=shutdown.target',
    'PartOf=nftables.service',
    'ReloadPropagatedFrom=nftables.service',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    `ExecStart=/usr/sbin/nft -f ${path}`,
    `ExecReload=/usr/sbin/nft -f ${path}`,
    '[Install]',
    'WantedBy=multi-user.target',
  ];
}

/** The unit of the fence. */
export const FENCE_UNIT: readonly string[] = rulesUnit('Keeps the agent of mycoSwarm at home', RULES);

/** Why this account cannot be fenced in without fencing in a person, or the machine; null when it can. */
export function whyNot(agent: Agent): string | null {
  if (agent.uid === null || agent.account === null)
    return 'The account of mycoSwarm is not known. Look at this node as administrator, then look here again.';
  if (agent.uid === 0)
    return 'mycoSwarm runs as administrator here, and rules do not hold the administrator. First give it an account of its own, as the steps of "Its own account" say, then look again.';
  if (agent.entries.some(isPersonal))
    return `${visible(agent.name)} is a person's account, and these rules would hold the person too. First give mycoSwarm an account of its own, as the steps of "Its own account" say, then look again.`;
  return null;
}

function isPersonal(account: AccountFact): boolean {
  return (
    account.password === 'set' ||
    account.sessions > 0 ||
    (account.authorizedKeys ?? 0) > 0 ||
    (account.sudoRules ?? []).length > 0 ||
    account.personalTraces.length > 0
  );
}

/** Numbers of an agent that belong to nobody else: its own, and its subordinate ones, usable or not. */
function ownUids(agent: Agent): Interval[] {
  const ranges = agent.entries.flatMap((entry) => entry.subordinateUids);
  return [
    { start: agent.uid ?? 0, count: 1 },
    ...ranges.filter(({ start, count }) => start > 0 && count > 0 && start + count - 1 <= 4_294_967_294),
  ].map(({ start, count }): Interval => [BigInt(start), BigInt(start) + BigInt(count) - 1n]);
}

function declaredResolvers(input: CheckInput): Fence['resolvers'] {
  return input.declarations
    .filter((declaration) => declaration.kind === 'resolver')
    .flatMap(({ value }) => {
      const address = parseAddress(value);
      return address === null ? [] : [{ version: address.version, address: value }];
    });
}

/** The last of the five lines of mycoSwarm's security model, as iptables-save prints it: it stops mDNS too. */
function oldLines(input: CheckInput, uids: ReadonlySet<number>): FixStep[] {
  const saves = seen(input, 'firewall')?.saves ?? [];
  return saves
    .filter((save) => save.family === 4)
    .flatMap((save) =>
      [...save.text.matchAll(/^-A OUTPUT -m owner --uid-owner (\d{1,10}) -j DROP$/gm)]
        .map((match) => Number(match[1]))
        .filter((uid) => uids.has(uid))
        .map((uid) => {
          const program = save.backend === 'legacy' ? 'iptables-legacy' : 'iptables';
          const text =
            'Take out the line of the security model that keeps mDNS blocked; the table above stops the rest';
          return undoneBy(asRoot(input, text)`${program} -D OUTPUT -m owner --uid-owner ${uid} -j DROP`, [
            asRoot(input, 'Back')`${program} -A OUTPUT -m owner --uid-owner ${uid} -j DROP`,
          ]);
        }),
    );
}

/** What a fence for these agents holds, from what is known of the node. */
export function fenceOf(input: CheckInput, agents: readonly Agent[]): Fence {
  return {
    uids: normalize(agents.flatMap(ownUids)).map(([low, high]) =>
      low === high ? `${low}` : `${low}-${high}`,
    ),
    ports: apiPorts(input),
    nodes: listedNodes(input).map(({ version, address }: ListedNode) => ({ version, address })),
    resolvers: declaredResolvers(input),
  };
}

function some(list: Fence['nodes']): string {
  const shown = list.slice(0, 8).map(({ address }) => visible(address));
  return list.length > shown.length
    ? `${shown.join(', ')} and ${list.length - shown.length} more`
    : shown.join(', ');
}

/** What the table lets pass, and what a person has to do before: without it nodes and names are out of reach. */
export function whatStaysOpen({ nodes, ports, resolvers }: Fence): string {
  const port = `${ports.length === 1 ? 'Port' : 'Ports'} ${ports.join(', ')}`;
  const swarm =
    nodes.length === 0
      ? `${port} of other machines is closed: put your other nodes into Swarmkeep first, or they are out of reach of this one`
      : `${port} is open on ${some(nodes)} only`;
  const names =
    resolvers.length === 0
      ? 'Names can be asked of nobody: declare your resolver first if the agent needs names'
      : `Names can be asked of ${some(resolvers)} only`;
  return `Write one table for the account of the agent. This machine, the home network and mDNS stay open. ${swarm}. ${names}. Everything else is dropped`;
}

/**
 * Steps that keep every agent of the node at home, as exact commands: one table, its unit, and the daemon that does not run without it.
 * An agent under a person's account comes first to an account of its own.
 */
export function fenceSteps(input: CheckInput): FixStep[] {
  const agents = input.facts.profile.instances.map((instance) => agentOf(input, instance));
  const refused = agents.map(whyNot).find((why) => why !== null);
  if (refused !== undefined && refused !== null) return [byHand(refused, true)];
  const tools = seen(input, 'firewall')?.toolsPresent ?? [];
  const hasSystemd = seen(input, 'identity')?.init === 'systemd' || seen(input, 'units')?.systemd === true;
  const units = [...new Set(agents.flatMap((agent) => agent.instance.unit ?? []))];
  const fence = fenceOf(input, agents);
  const steps: FixStep[] = [
    ...(tools.includes('nft') ? [] : [asRoot(input, 'Install nft')`apt-get install -y nftables`]),
    asRoot(input, 'Make a folder for rules of your own')`install -d -m 0755 -- /etc/nftables.d`,
    writeFileStep(input, whatStaysOpen(fence), RULES, fenceLines(fence)),
    asRoot(input, 'Let nft check it; nothing is loaded yet')`nft -c -f ${RULES}`,
  ];
  if (!hasSystemd)
    return [
      ...steps,
      undoneBy(asRoot(input, 'Load it now')`nft -f ${RULES}`, [
        asRoot(input, 'Back')`nft delete table inet swarmkeep_agent`,
      ]),
      byHand(
        `This node has no systemd. Let it run nft -f ${RULES} at every start, after its other rules.`,
        true,
      ),
      ...oldLines(input, new Set(agents.flatMap((agent) => agent.uid ?? []))),
    ];
  return [
    ...steps,
    writeFileStep(
      input,
      'Write a unit that loads it at every start, and again when nftables.service erased it',
      `/etc/systemd/system/${UNIT}`,
      FENCE_UNIT,
    ),
    ...units.flatMap((unit) => [
      asRoot(
        input,
        `Make a folder for your own settings of ${visible(unit)}`,
      )`install -d -m 0755 -- ${`/etc/systemd/system/${unit}.d`}`,
      writeFileStep(
        input,
        `Let ${visible(unit)} run only while the rules are there`,
        `/etc/systemd/system/${unit}.d/40-swarmkeep-agent.conf`,
        ['[Unit]', `Requires=${UNIT}`, `After=${UNIT}`],
      ),
    ]),
    asRoot(input, 'Let systemd read it')`systemctl daemon-reload`,
    undoneBy(asRoot(input, 'Load the rules, now and at every start')`systemctl enable --now -- ${UNIT}`, [
      asRoot(input, 'Back')`systemctl disable --now -- ${UNIT}`,
      asRoot(input, 'Back')`nft delete table inet swarmkeep_agent`,
    ]),
    ...oldLines(input, new Set(agents.flatMap((agent) => agent.uid ?? []))),
    ...wayBack('The way back takes away all that these steps put there', [
      ...units.map((unit) => takeFileBack(input, `/etc/systemd/system/${unit}.d/40-swarmkeep-agent.conf`)),
      asRoot(input, 'Back')`systemctl disable --now -- ${UNIT}`,
      takeFileBack(input, `/etc/systemd/system/${UNIT}`),
      takeFileBack(input, RULES),
      asRoot(input, 'Back')`systemctl daemon-reload`,
      asRoot(input, 'Back')`nft delete table inet swarmkeep_agent`,
    ]),
  ];
}
