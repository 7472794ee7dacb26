import { clockFrom } from '../clock.ts';
import { findingsOf } from '../findings.ts';
import { nodeOf, profileOf } from '../nodes.ts';
import type { Scenario } from '../scenario.ts';
import { evening } from './evening.ts';

const IPTABLES_SAVE = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A OUTPUT -d 127.0.0.0/8 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -d 192.168.0.0/16 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -d 10.0.0.0/8 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -d 172.16.0.0/12 -m owner --uid-owner 1001 -j ACCEPT
-A OUTPUT -m owner --uid-owner 1001 -j DROP
COMMIT`;

/** One node with the five lines of the security model: closed over IPv4, open over IPv6, without mDNS, gone after a reboot. */
export function wayOut(): Scenario {
  const base = evening();
  const clock = clockFrom(Date.parse(base.now));
  const miu = nodeOf('miu', clock, { address: { kind: 'local' } });
  const findings = findingsOf(miu, clock, {
    'outbound-firewall': {
      status: 'fix',
      severity: 'critical',
      summary: 'An agent on miu can still send data to the internet',
      detail:
        'If a model is talked into fetching a page of a stranger, your notes leave the house. The rules you have stop that over IPv4. Over IPv6 nothing stops it.',
      evidence: [],
      packets: [
        {
          outcome: 'open',
          packet: 'tcp to [2001:4860:4860::8888]:443 as uid 1001',
          because: 'would leave through eth0: no IPv6 rule for this user',
          way: [
            { label: 'mycoswarm, uid 1001', state: 'passed' },
            { label: 'ip6 output: 0 rules, policy accept', state: 'failing' },
            { label: 'eth0', state: 'failing' },
            { label: 'internet', state: 'failing' },
          ],
        },
        {
          outcome: 'stopped',
          packet: 'tcp to 8.8.8.8:443 as uid 1001',
          because: 'by the last of 5 rules, IPv4 only',
          way: [],
        },
        {
          outcome: 'too-strict',
          packet: 'udp to 224.0.0.251:5353 as uid 1001',
          because: 'mDNS too: nodes lose sight of each other',
          way: [],
        },
        {
          outcome: 'not-kept',
          packet: 'after a reboot',
          because: 'nothing loads these rules at boot',
          way: [],
        },
      ],
      listings: [
        { title: 'iptables-save, 10 lines', text: IPTABLES_SAVE, linesOmitted: 0 },
        { title: 'ip6tables-save, 0 lines', text: '', linesOmitted: 0 },
      ],
      wouldChange: 'It is fine when no packet of uid 1001 can reach a public address, over IPv4 or IPv6.',
      fix: [
        {
          text: 'Load one rule set that covers both families.',
          command: 'nft -f /etc/swarmkeep/outbound.nft',
          needsRoot: true,
        },
      ],
      since: clock.daysAgo(18),
      before: null,
    },
  });
  return {
    ...base,
    name: 'way-out',
    nodes: [miu],
    findings,
    profiles: { miu: profileOf() },
    waivers: [],
    since: [],
    histories: {},
    sentence: 'The agent on miu can send data to the internet.',
  };
}
