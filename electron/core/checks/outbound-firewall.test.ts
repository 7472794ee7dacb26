import { describe, expect, it } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { finding } from '#shared/domain/finding.ts';
import { runChecks } from './run.ts';
import { changed, declare, inputFor, listening } from './testing/facts-builder.ts';
import { NO_RULES, nftRules, withFirewall } from './testing/firewall-facts.ts';
import { drop, five, RANGE } from './testing/firewall-situations.ts';
import { FENCE_JSON } from './testing/hardened-node.ts';
import { AGENT, agentAccount, but } from './testing/situations.ts';

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
