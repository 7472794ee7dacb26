import { describe, expect, it } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { finding } from '#shared/domain/finding.ts';
import { runChecks } from './run.ts';
import {
  changed,
  declare,
  inputFor,
  listening,
  networkInterface,
  withoutSubject,
} from './testing/facts-builder.ts';
import {
  bootWith,
  fiveLines,
  NO_BOOT,
  NO_RULES,
  natRules,
  nftRules,
  withFirewall,
} from './testing/firewall-facts.ts';
import { FENCE_JSON } from './testing/hardened-node.ts';
import { AGENT, agentAccount, but, hardened, tryEach } from './testing/situations.ts';

const RANGE = [{ start: 100_000, count: 65_536 }];

/** The five lines, with what else of the node differs. */
const five = (change: (facts: Facts) => Facts = (facts) => facts) => change(withFirewall({}, fiveLines()));

const skuid = (right: unknown) => ({ match: { op: '==', left: { meta: { key: 'skuid' } }, right } });
const drop = { drop: null };
const accept = { accept: null };

const OWN_FILE = '/etc/nftables.d/swarmkeep-agent.nft';
const MAIN = '/etc/nftables.conf';
const nftables = { unit: 'nftables.service', files: [MAIN] };
const own = { unit: 'own.service', files: [OWN_FILE] };
const flush = { path: MAIN, text: '#!/usr/sbin/nft -f\n\nflush ruleset\n', loaded: NO_RULES };

/** The fence of the hardened node, loaded at boot in some other way. */
const loadedBy = (
  loaders: Parameters<typeof bootWith>[0],
  files: Parameters<typeof bootWith>[1] = [{ path: OWN_FILE }],
) => withFirewall({ boot: bootWith(loaders, files) });

const withSocket = (facts: Facts, address: string, port: number, uid: number, more: object = {}): Facts =>
  changed(facts, 'sockets', (value) => void value.listening.push(listening(address, port, uid, more)));

const resolved = (facts: Facts) =>
  withSocket(facts, '127.0.0.53', 53, 991, {
    protocol: 'udp',
    processName: 'systemd-resolve',
    unit: 'systemd-resolved.service',
  });

const daddr = (protocol: 'ip' | 'ip6', networks: readonly [string, number][]) => [
  {
    match: {
      op: '==',
      left: { payload: { protocol, field: 'daddr' } },
      right: { set: networks.map(([addr, len]) => ({ prefix: { addr, len } })) },
    },
  },
  accept,
];

const HOME_ONLY = nftRules(
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
const heldAtHome = withFirewall({
  nftJson: HOME_ONLY,
  boot: bootWith([own], [{ path: OWN_FILE, loaded: HOME_ONLY }]),
});

/** A node whose IPv4 addresses could not be read. */
const withoutIpv4: Facts = structuredClone(hardened);
if (withoutIpv4.subjects.interfaces.state === 'seen')
  withoutIpv4.subjects.interfaces.gaps = [
    { what: 'IPv4 addresses', reason: 'the program ip is not installed', wouldHelp: 'install iproute2' },
  ];

/** Ollama without the fence of its unit. */
const freeOllama = but('units', (value) => {
  value.units = value.units.filter((unit) => unit.name !== 'ollama.service');
});

describe('situations', () => {
  tryEach([
    ['outbound-firewall', 'the steps were taken', hardened, 'pass', /No agent on uncho can send anything/],
    [
      'outbound-firewall',
      'no rule',
      withFirewall({ nftJson: NO_RULES }),
      'fix',
      /can still send data to the internet/,
    ],
    [
      'outbound-firewall',
      'the five lines of the security model',
      five(),
      'fix',
      /can still send data to the internet/,
    ],
    [
      'outbound-firewall',
      'a subordinate uid without newuidmap',
      but('accounts', (value) => {
        value.newuidmapWorks = false;
        for (const entry of value.accounts) if (entry.uid === AGENT) entry.subordinateUids = RANGE;
      }),
      'pass',
    ],
    [
      'outbound-firewall',
      'a subordinate uid that it can become',
      agentAccount({ subordinateUids: RANGE }),
      'fix',
      /can still send data/,
    ],
    [
      'outbound-firewall',
      'a sudo rule',
      agentAccount({ sudoRules: ['mycoswarm ALL=(ALL) NOPASSWD: ALL'] }),
      'fix',
      /can still send data|can be root/,
    ],
    ['outbound-firewall', 'sudo rules that were not seen', agentAccount({ sudoRules: null }), 'unknown'],
    [
      'outbound-firewall',
      'rules that could not be read',
      withFirewall({ nftJson: null }),
      'unknown',
      /We could not read all firewall rules/,
    ],
    [
      'outbound-firewall',
      'no firewall facts',
      withoutSubject(hardened, 'firewall'),
      'unknown',
      /could not read the firewall rules/,
    ],
    [
      'outbound-firewall',
      'an answer that is no listing',
      withFirewall({ nftJson: '{"nftables":[{"rule":{}}]}' }),
      'unknown',
      /could not see everything/,
    ],
    ['outbound-firewall', 'an empty answer', withFirewall({ nftJson: '' }), 'unknown'],
    [
      'outbound-firewall',
      'everything dropped for the account, the home too',
      withFirewall({
        nftJson: nftRules([[skuid(AGENT), drop]]),
        boot: bootWith([own], [{ path: OWN_FILE, loaded: nftRules([[skuid(AGENT), drop]]) }]),
      }),
      'review',
      /more than the internet/,
    ],
    [
      'outbound-firewall',
      'a rule ahead that accepts for everybody',
      withFirewall({ nftJson: nftRules([[accept], [skuid(AGENT), drop]]) }),
      'fix',
      /can still send data/,
    ],
    [
      'outbound-firewall',
      'a rule for another account',
      withFirewall({ nftJson: nftRules([[skuid(AGENT + 1), drop]]) }),
      'fix',
    ],
    [
      'outbound-firewall',
      'a rule that holds only sometimes',
      withFirewall({
        nftJson: nftRules([[skuid(AGENT), { limit: { rate: 10, burst: 5, per: 'second' } }, drop]]),
      }),
      'fix',
    ],
    [
      'outbound-firewall',
      'a rule that nobody knows, ahead of the drop',
      withFirewall({
        nftJson: nftRules([
          [{ xt: { type: 'match', name: 'bpf' } }, accept],
          [skuid(AGENT), drop],
        ]),
      }),
      'unknown',
    ],
    [
      'outbound-firewall',
      'only the unit keeps it at home',
      changed(withFirewall({ nftJson: NO_RULES, boot: NO_BOOT }), 'units', (value) => {
        for (const unit of value.units)
          if (unit.name === 'mycoswarm.service')
            Object.assign(unit.properties, {
              IPAddressDeny: '0.0.0.0/0 ::/0',
              IPAddressAllow: '127.0.0.0/8 ::1/128 192.168.0.0/16',
            });
      }),
      'review',
      /Only its unit/,
    ],
    [
      'outbound-firewall',
      'nothing loads the rules',
      withFirewall({ boot: NO_BOOT }),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'nobody looked what loads them',
      withFirewall({ boot: null }),
      'unknown',
      /after a reboot/,
    ],
    [
      'outbound-firewall',
      'a unit that is switched off',
      loadedBy([{ ...own, enabled: false }]),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'a unit whose file was not read',
      loadedBy([own], [{ path: OWN_FILE, loaded: null, problem: 'nft refuses to load it' }]),
      'unknown',
      /after a reboot/,
    ],
    [
      'outbound-firewall',
      'perhaps rc.local',
      withFirewall({ boot: { ...NO_BOOT, elsewhere: ['/etc/rc.local'] } }),
      'unknown',
      /after a reboot/,
    ],
    [
      'outbound-firewall',
      'perhaps ufw',
      withFirewall({
        boot: NO_BOOT,
        managers: [{ name: 'ufw', active: true, enabledAtBoot: true, status: '' }],
      }),
      'unknown',
      /after a reboot/,
    ],
    [
      'outbound-firewall',
      'in nftables.conf itself',
      loadedBy([nftables], [{ ...flush, loaded: FENCE_JSON }]),
      'pass',
    ],
    [
      'outbound-firewall',
      'ahead of nftables.service, which erases it',
      loadedBy([nftables, own], [flush, { path: OWN_FILE }]),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'behind nftables.service, but lost at its reload',
      loadedBy([nftables, { ...own, after: ['nftables.service'] }], [flush, { path: OWN_FILE }]),
      'fix',
      /gone after a reload of nftables\.service/,
    ],
    [
      'outbound-firewall',
      'behind it, following its reloads and not its restarts',
      loadedBy(
        [nftables, { ...own, after: ['nftables.service'], reloadsWith: ['nftables.service'] }],
        [flush, { path: OWN_FILE }],
      ),
      'fix',
      /gone after a restart of nftables\.service/,
    ],
    [
      'outbound-firewall',
      'behind it, following its reloads and restarts',
      loadedBy(
        [
          nftables,
          {
            ...own,
            after: ['nftables.service'],
            reloadsWith: ['nftables.service'],
            restartsWith: ['nftables.service'],
          },
        ],
        [flush, { path: OWN_FILE }],
      ),
      'pass',
    ],
    [
      'outbound-firewall',
      'saved for netfilter-persistent, IPv4 only',
      changed(five(), 'firewall', (value) => {
        value.nftJson = FENCE_JSON;
        value.saves = [];
        value.boot = bootWith(
          [{ unit: 'netfilter-persistent.service', files: ['/etc/iptables/rules.v4'] }],
          [
            {
              path: '/etc/iptables/rules.v4',
              language: 'iptables-save',
              family: 4,
              text: fiveLines().saves[0]?.text ?? '',
              loaded: null,
            },
          ],
        );
      }),
      'fix',
      /gone after a reboot/,
    ],
    [
      'outbound-firewall',
      'a resolver on the node',
      resolved(hardened),
      'review',
      /through the resolver systemd-resolve/,
    ],
    [
      'outbound-firewall',
      'a resolver that is meant',
      resolved(hardened),
      'pass',
      undefined,
      [declare('resolver', '127.0.0.53')],
    ],
    [
      'outbound-firewall',
      'the resolver of the home within reach, and meant',
      withFirewall({ nftJson: NO_RULES }),
      'fix',
      /can still send data/,
      [declare('resolver', '192.168.1.1')],
    ],
    ['outbound-firewall', 'Ollama without a fence', freeOllama, 'fix', /through Ollama/],
    [
      'outbound-firewall',
      'Ollama without a fence, and meant',
      freeOllama,
      'pass',
      undefined,
      [declare('relay', 'ollama')],
    ],
    [
      'outbound-firewall',
      'a proxy on this machine',
      withSocket(hardened, '127.0.0.1', 3_128, 13, { processName: 'squid' }),
      'review',
      /through the proxy squid/,
    ],
    [
      'outbound-firewall',
      'a proxy under the account of the agent',
      withSocket(hardened, '127.0.0.1', 3_128, AGENT, { processName: 'squid' }),
      'pass',
    ],
    [
      'outbound-firewall',
      'a program on the port of a proxy',
      withSocket(hardened, '0.0.0.0', 9_050, 0),
      'review',
      /through the proxy port 9050/,
    ],
    [
      'outbound-firewall',
      'a mail server',
      withSocket(hardened, '::1', 25, 101, { processName: 'exim4' }),
      'review',
      /mail server exim4/,
    ],
    [
      'outbound-firewall',
      'a dnsmasq that the rules keep from the agent',
      withSocket(hardened, '192.168.122.1', 53, 0, { protocol: 'udp', processName: 'dnsmasq' }),
      'pass',
    ],
    ['outbound-firewall', 'sockets that were not seen', withoutSubject(hardened, 'sockets'), 'unknown'],
    [
      'outbound-firewall',
      'rules that hold everybody, and an agent that can be root',
      changed(heldAtHome, 'accounts', (value) => {
        for (const entry of value.accounts) if (entry.uid === AGENT) entry.groups = ['mycoswarm', 'docker'];
      }),
      'fix',
      /can be root, and root can lift every rule/,
    ],
    [
      'outbound-firewall',
      'a daemon that may write frames',
      but('processes', (value) => {
        for (const entry of value.processes) entry.capabilitiesEffective = '2000';
      }),
      'fix',
      /past every rule: it has cap_net_raw/,
    ],
    [
      'outbound-firewall',
      'an interpreter that may write frames for everybody',
      but('accounts', (value) => {
        value.setuidPrograms.push({
          path: '/usr/bin/python3.11',
          uid: 0,
          gid: 0,
          mode: 0o755,
          capabilities: 'cap_net_raw=ep',
        });
      }),
      'fix',
      /past every rule with \/usr\/bin\/python3\.11/,
    ],
    [
      'outbound-firewall',
      'in a network of its own',
      but('processes', (value) => {
        for (const entry of value.processes)
          entry.namespaces = { ...entry.namespaces, net: 'net:[4026532999]' };
      }),
      'unknown',
      /network namespace/,
    ],
    [
      'peer-allowlist',
      'in a network of its own',
      but('processes', (value) => {
        for (const entry of value.processes)
          entry.namespaces = { ...entry.namespaces, net: 'net:[4026532999]' };
      }),
      'unknown',
    ],
    [
      'outbound-firewall',
      'in a network of its own, without a rule on the machine',
      changed(withFirewall({ nftJson: NO_RULES }), 'processes', (value) => {
        for (const entry of value.processes)
          entry.namespaces = { ...entry.namespaces, net: 'net:[4026532999]' };
      }),
      'unknown',
      /network namespace/,
    ],
    ['outbound-firewall', 'rules that hold everybody', heldAtHome, 'review', /the resolver 192\.168\.1\.1/],
    [
      'outbound-firewall',
      'rules that hold everybody, a resolver of root among them, and the one of the home meant',
      withSocket(heldAtHome, '127.0.0.1', 53, 0, { protocol: 'udp', processName: 'dnsmasq' }),
      'pass',
      undefined,
      [declare('resolver', '192.168.1.1')],
    ],
    [
      'outbound-firewall',
      'rules that hold everybody, and a published port of a container',
      withSocket(heldAtHome, '127.0.0.1', 3_128, 0, { processName: 'docker-proxy' }),
      'review',
      /docker-proxy/,
      [declare('resolver', '192.168.1.1')],
    ],
    ['peer-allowlist', 'the steps were taken', hardened, 'pass', /speaks with no other node/],
    [
      'peer-allowlist',
      'no rule',
      withFirewall({ nftJson: NO_RULES }),
      'fix',
      /hand the swarm secret to any machine/,
    ],
    [
      'peer-allowlist',
      'the five lines, which let the whole home through',
      five(),
      'fix',
      /hand the swarm secret/,
    ],
    ['peer-allowlist', 'rules unseen', withoutSubject(hardened, 'firewall'), 'unknown'],
    ['peer-allowlist', 'a subordinate uid', agentAccount({ subordinateUids: RANGE }), 'fix'],
    [
      'service-bindings',
      'a VPN, and rules that stop strangers there',
      changed(
        withFirewall({
          nftJson: nftRules(
            [
              [
                { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'tailscale0' } },
                { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 7_890 } },
                drop,
              ],
            ],
            { hook: 'input' },
          ),
        }),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('tailscale0', 'vpn', ['10.92.14.7/24'])),
      ),
      'pass',
    ],
    [
      'service-bindings',
      'a public address, and rules that let only the home in',
      changed(
        withFirewall({
          nftJson: nftRules(
            [
              [
                {
                  match: {
                    op: '==',
                    left: { payload: { protocol: 'ip', field: 'saddr' } },
                    right: { prefix: { addr: '192.168.1.0', len: 24 } },
                  },
                },
                accept,
              ],
            ],
            { hook: 'input', policy: 'drop' },
          ),
        }),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
      ),
      'pass',
    ],
    [
      'service-bindings',
      'a public address, and rules for another port',
      changed(
        withFirewall({
          nftJson: nftRules(
            [
              [
                { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 22 } },
                drop,
              ],
            ],
            { hook: 'input' },
          ),
        }),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
      ),
      'fix',
      /eth1/,
    ],
    [
      'service-bindings',
      'a port of a public address that translation sends to a door of the home',
      changed(
        changed(
          withFirewall({
            nftJson: natRules([
              { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 9_999 } },
              { dnat: { family: 'ip', addr: '192.168.1.24', port: 7_890 } },
            ]),
          }),
          'interfaces',
          (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
        ),
        'sockets',
        (value) => {
          for (const socket of value.listening) if (socket.port === 7_890) socket.address = '192.168.1.24';
        },
      ),
      'fix',
      /from eth1 by address translation/,
    ],
    [
      'service-bindings',
      'a port of a public address that translation sends to another machine',
      changed(
        changed(
          withFirewall({
            nftJson: natRules([
              { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 9_999 } },
              { dnat: { family: 'ip', addr: '192.168.1.99', port: 7_890 } },
            ]),
          }),
          'interfaces',
          (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
        ),
        'sockets',
        (value) => {
          for (const socket of value.listening) if (socket.port === 7_890) socket.address = '192.168.1.24';
        },
      ),
      'pass',
    ],
    ['service-bindings', 'IPv4 addresses that were not seen', withoutIpv4, 'unknown', /IPv4 addresses/],
    ['outbound-firewall', 'IPv4 addresses that were not seen', withoutIpv4, 'unknown', /IPv4 addresses/],
    [
      'service-bindings',
      'a public address, rules unseen',
      changed(
        withoutSubject(hardened, 'firewall'),
        'interfaces',
        (value) => void value.interfaces.push(networkInterface('eth1', 'ethernet', ['203.0.113.5/24'])),
      ),
      'unknown',
    ],
  ]);
});

describe('the five lines of the security model', () => {
  const [found] = runChecks(inputFor(five()), { only: ['outbound-firewall'] });

  it('come out as: IPv6 open, mDNS blocked, not persistent', () => {
    expect(finding.parse(found)).toEqual(found);
    const rows = found?.packets?.map(({ outcome, packet, because }) => `${outcome}: ${packet}: ${because}`);
    expect(rows).toEqual([
      'open: tcp to [2001:4860:4860::8888]:443 as uid 1001: would leave through eth0: no IPv6 rule for this user',
      'open: udp to 192.168.1.1:53 as uid 1001: the resolver 192.168.1.1 carries it on',
      'stopped: tcp to 8.8.8.8:443 as uid 1001: by rule 5 of 5 in ip filter OUTPUT: "-A OUTPUT -m owner --uid-owner 1001 -j DROP"',
      'too-strict: udp to 224.0.0.251:5353 as uid 1001: mDNS too: nodes lose sight of each other',
      'not-kept: after a reboot: nothing loads these rules at boot',
    ]);
    expect(found?.detail).toContain('over IPv4. Over IPv6 nothing stops it.');
    expect(found?.packets?.[0]?.way).toEqual([
      { label: 'mycoswarm, uid 1001', state: 'passed' },
      { label: 'no IPv6 rules', state: 'failing' },
      { label: 'eth0', state: 'passed' },
      { label: 'internet', state: 'failing' },
    ]);
    expect(found?.listings?.map(({ title }) => title)).toEqual([
      'nft list ruleset, 0 lines',
      'iptables-save, 10 lines',
    ]);
  });

  it('are offered for removal by the one line that keeps mDNS blocked, and by no other', () => {
    const commands = found?.fix
      .map((step) => step.command ?? '')
      .filter((command) => command.includes('iptables'));
    expect(commands).toEqual(['sudo iptables -D OUTPUT -m owner --uid-owner 1001 -j DROP']);
  });

  it('are left alone when they are about another account', () => {
    const facts = changed(five(), 'firewall', (value) => {
      for (const save of value.saves) save.text = save.text.replaceAll('1001', '1002');
    });
    const [other] = runChecks(inputFor(facts), { only: ['outbound-firewall'] });
    expect(other?.fix.length).toBeGreaterThan(0);
    expect(other?.fix.filter((step) => step.command?.includes('iptables'))).toEqual([]);
  });

  it('are open over IPv4 too through a subordinate uid, where newuidmap works', () => {
    const facts = five((node) =>
      changed(node, 'accounts', (value) => {
        for (const entry of value.accounts) if (entry.uid === AGENT) entry.subordinateUids = RANGE;
      }),
    );
    const [open] = runChecks(inputFor(facts), { only: ['outbound-firewall'] });
    expect(open?.packets?.filter(({ outcome }) => outcome === 'open').map(({ packet }) => packet)).toEqual(
      expect.arrayContaining([
        'tcp to 8.8.8.8:443 as uid 100000',
        'tcp to [2001:4860:4860::8888]:443 as uid 1001',
      ]),
    );
  });
});

describe('the steps', () => {
  const stepsOf = (facts: Facts, more: Parameters<typeof inputFor>[1] = {}) =>
    runChecks(inputFor(facts, more), { only: ['outbound-firewall'] })[0]?.fix ?? [];

  it('hold the subordinate uids, the listed nodes and the declared resolvers', () => {
    const facts = changed(withFirewall({ nftJson: NO_RULES }), 'accounts', (value) => {
      for (const entry of value.accounts) if (entry.uid === AGENT) entry.subordinateUids = RANGE;
    });
    const steps = stepsOf(facts, {
      swarm: [
        { nodeName: 'boa', addresses: ['192.168.1.25', '192.168.1.24', 'not an address'], port: 7_890 },
      ],
      declarations: [
        declare('resolver', '192.168.1.1'),
        declare('peer', 'fd00::7'),
        declare('peer', 'a-node-id'),
      ],
    });
    const rules = steps.find((step) => step.command?.includes('table inet'))?.command ?? '';
    expect(rules).toContain('meta skuid { 1001, 100000-165535 } goto agent');
    expect(rules).toContain('ip daddr { 127.0.0.0/8, 192.168.1.25 } accept');
    expect(rules).toContain('ip6 daddr { ::1, fd00::7 } accept');
    expect(rules).toContain('ip daddr { 192.168.1.1 } accept');
    expect(steps.map((step) => step.command)).toContain(
      'sudo systemctl enable --now -- swarmkeep-agent.service',
    );
  });

  it('never fence in a person or the administrator', () => {
    for (const facts of [
      agentAccount({ password: 'set', sudoRules: ['x ALL=(ALL) ALL'] }),
      agentAccount({ sessions: 2, subordinateUids: RANGE }),
    ]) {
      const steps = stepsOf(facts);
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.filter((step) => step.command?.includes('nft'))).toEqual([]);
    }
  });
});

it('lists strangers that announced themselves, which the operator can declare', () => {
  const facts = but('mycoswarm', (value) => {
    value.peersSeen = [
      { name: 'boa', address: '192.168.1.25', source: 'mDNS' },
      { name: 'stranger', address: '192.168.1.66', source: 'mDNS' },
      { name: 'uncho', address: '192.168.1.24', source: 'mDNS' },
    ];
  });
  const [found] = runChecks(
    inputFor(facts, { swarm: [{ nodeName: 'boa', addresses: ['192.168.1.25'], port: 7_890 }] }),
    { only: ['peer-allowlist'] },
  );
  expect(found?.status).toBe('pass');
  expect(
    found?.evidence.filter((entry) => entry.declarable).map((entry) => [entry.what, entry.declarable]),
  ).toEqual([['stranger at 192.168.1.66', { kind: 'peer', value: '192.168.1.66' }]]);
});

it('says the same while counters count, so that nothing seems to have changed', () => {
  const counted = FENCE_JSON.replaceAll('"packets": 0, "bytes": 0', '"packets": 7, "bytes": 420');
  expect(counted).not.toBe(FENCE_JSON);
  const evidence = (json: string) =>
    runChecks(inputFor(withFirewall({ nftJson: json })), {
      only: ['outbound-firewall', 'peer-allowlist'],
    }).map((entry) => entry.evidence);
  expect(evidence(counted)).toEqual(evidence(FENCE_JSON));
});

it('shows a device of the home that opens a dashboard without a password, and the rules that hold it off', () => {
  const dashboard = (nftJson: string) => {
    const facts = changed(withFirewall({ nftJson }), 'sockets', (value) => {
      value.listening.push(listening('0.0.0.0', 8_080, AGENT, { pids: [812], processName: 'mycoswarm' }));
    });
    for (const instance of facts.profile.instances) instance.dashboardPort = 8_080;
    return runChecks(
      inputFor(facts, { swarm: [{ nodeName: 'boa', addresses: ['192.168.1.25'], port: 7_890 }] }),
      {
        only: ['service-bindings'],
      },
    )[0];
  };
  const open = dashboard(NO_RULES);
  expect([open?.status, open?.packets?.[0]?.packet]).toEqual([
    'fix',
    'tcp from 192.168.1.1 to 192.168.1.24:8080',
  ]);
  const port = { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 8_080 } };
  const from = (right: string) => ({
    match: { op: '!=', left: { payload: { protocol: 'ip', field: 'saddr' } }, right },
  });
  expect(dashboard(nftRules([[port, from('192.168.1.25'), drop]], { hook: 'input' }))?.status).toBe('pass');
  expect(dashboard(nftRules([[port, from('192.168.1.26'), drop]], { hook: 'input' }))?.status).toBe('fix');
});
