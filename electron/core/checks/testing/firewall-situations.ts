import type { Facts } from '#shared/domain/facts/facts.ts';
import { changed, listening } from './facts-builder.ts';
import { bootWith, fiveLines, NO_RULES, nftRules, withFirewall } from './firewall-facts.ts';
import { but, hardened } from './situations.ts';

export const RANGE = [{ start: 100_000, count: 65_536 }];

/** The five lines, with what else of the node differs. */
export const five = (change: (facts: Facts) => Facts = (facts) => facts) =>
  change(withFirewall({}, fiveLines()));

export const skuid = (right: unknown) => ({ match: { op: '==', left: { meta: { key: 'skuid' } }, right } });
export const drop = { drop: null };
export const accept = { accept: null };

export const OWN_FILE = '/etc/nftables.d/swarmkeep-agent.nft';
export const MAIN = '/etc/nftables.conf';
export const nftables = { unit: 'nftables.service', files: [MAIN] };
export const own = { unit: 'own.service', files: [OWN_FILE] };
export const flush = { path: MAIN, text: '#!/usr/sbin/nft -f\n\nflush ruleset\n', loaded: NO_RULES };

/** The fence of the hardened node, loaded at boot in some other way. */
export const loadedBy = (
  loaders: Parameters<typeof bootWith>[0],
  files: Parameters<typeof bootWith>[1] = [{ path: OWN_FILE }],
) => withFirewall({ boot: bootWith(loaders, files) });

export const withSocket = (
  facts: Facts,
  address: string,
  port: number,
  uid: number,
  more: object = {},
): Facts =>
  changed(facts, 'sockets', (value) => void value.listening.push(listening(address, port, uid, more)));

export const resolved = (facts: Facts) =>
  withSocket(facts, '127.0.0.53', 53, 991, {
    protocol: 'udp',
    processName: 'systemd-resolve',
    unit: 'systemd-resolved.service',
  });

export const daddr = (protocol: 'ip' | 'ip6', networks: readonly [string, number][]) => [
  {
    match: {
      op: '==',
      left: { payload: { protocol, field: 'daddr' } },
      right: { set: networks.map(([addr, len]) => ({ prefix: { addr, len } })) },
    },
  },
  accept,
];

export const HOME_ONLY = nftRules(
  [
    daddr('ip', [
      ['127.0.0.0', 8],
      ['192.168.0.0', 16],
      ['224.0.0.0', 24],
    ]),
    daddr('ip6', [
      ['::1', 128],
      ['fe80::', 10],
      ['ff02::', 16],
    ]),
  ],
  { policy: 'drop' },
);

/** Rules that let nobody's packets out of the house, the administrator's neither. */
export const heldAtHome = withFirewall({
  nftJson: HOME_ONLY,
  boot: bootWith([own], [{ path: OWN_FILE, loaded: HOME_ONLY }]),
});

/** A node whose IPv4 addresses could not be read. */
export const withoutIpv4: Facts = structuredClone(hardened);
if (withoutIpv4.subjects.interfaces.state === 'seen')
  withoutIpv4.subjects.interfaces.gaps = [
    { what: 'IPv4 addresses', reason: 'the program ip is not installed', wouldHelp: 'install iproute2' },
  ];

/** Ollama without the fence of its unit. */
export const freeOllama = but('units', (value) => {
  value.units = value.units.filter((unit) => unit.name !== 'ollama.service');
});
