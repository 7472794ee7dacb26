import type { CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { clockFrom } from '../clock.ts';
import { findingsOf, seen } from '../findings.ts';
import { nodeOf, profileOf } from '../nodes.ts';
import { historyKey, type Scenario } from '../scenario.ts';

type Overrides = Partial<Record<CheckId, Partial<TrackedFinding>>>;

const PORT_FILE = '/etc/nftables.d/swarmkeep-port-7890.nft';
const PORT_RULES = [
  'table inet swarmkeep_port_7890 {',
  '  chain input {',
  '    type filter hook input priority filter; policy accept;',
  '    tcp dport 7890 iifname "lo" accept',
  '    tcp dport 7890 ip saddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16 } accept',
  '    tcp dport 7890 ip6 saddr { fe80::/10, fc00::/7 } accept',
  '    tcp dport 7890 drop',
  '  }',
  '}',
];

/** One evening of one house, Saturday 21 November 2026, 19:20 UTC: two things to fix, three to review. */
export function evening(): Scenario {
  const clock = clockFrom(Date.UTC(2026, 10, 21, 19, 20));
  const boa = nodeOf('boa', clock);
  const miu = nodeOf('miu', clock, { address: { kind: 'local' } });
  const naru = nodeOf('naru', clock);
  const uncho = nodeOf('uncho', clock);
  const pi = nodeOf('pi', clock, {
    lastLookAt: clock.at(1_088),
    lastError: 'pi did not answer within 5 seconds. It may be asleep.',
  });

  const onBoa: Overrides = {
    'sandbox-mode': {
      status: 'waived',
      summary: 'Code of agents on boa runs without a sandbox',
      detail: 'The kernel of boa forbids it, and then mycoSwarm runs code without one, without a word.',
      evidence: [
        seen('unshare -rn true (uid 998)', 'Operation not permitted', {
          status: 'fix',
          source: 'unshare -rn',
          raw: 'unshare: write failed /proc/self/uid_map: Operation not permitted',
        }),
      ],
      wouldChange: 'It is fine when agents may make a namespace of their own.',
      waiver: {
        id: 'waiver-boa-sandbox',
        reason: 'Waits for the new kernel. boa runs no tasks with code until then.',
        until: clock.inDays(21),
        underneath: 'fix',
      },
    },
    'service-bindings': {
      status: 'fix',
      summary: 'boa answers on every network it is on, not only at home',
      detail:
        'mycoSwarm listens on every address. That was harmless until boa joined tailscale0 today: now anyone on that network can reach its API.',
      evidence: [
        seen('0.0.0.0:7890 mycoswarm (pid 812, uid 998 mycoswarm)', 'every address', {
          status: 'fix',
          raw: 'LISTEN 0 100 0.0.0.0:7890 0.0.0.0:* users:(("mycoswarm",pid=812,fd=7)) uid:998\nLISTEN 0 4096 127.0.0.1:11434 0.0.0.0:* uid:997',
        }),
        seen('eth0 192.168.1.24/24', 'home network', { source: 'ip -j address' }),
        seen('tailscale0 100.92.14.7/32', 'reachable, no input rule', {
          status: 'fix',
          source: 'ip -j address',
        }),
      ],
      wouldChange: 'It is fine when port 7890 can be reached on eth0 and on boa itself only.',
      fix: [
        {
          text: 'mycoSwarm 0.2.16 always listens on every address, so the machine has to keep strangers from the port.',
          command: null,
          needsRoot: false,
        },
        {
          text: 'Let only this machine and the home network reach port 7890.',
          command: `printf '%s\\n' ${PORT_RULES.map((line) => `'${line}'`).join(' ')} | tee -- ${PORT_FILE} && chown root:root -- ${PORT_FILE} && chmod 0644 -- ${PORT_FILE}`,
          needsRoot: true,
          file: {
            path: PORT_FILE,
            contents: `${PORT_RULES.join('\n')}\n`,
            owner: 'root:root',
            mode: '0644',
          },
          undo: `rm -- ${PORT_FILE}`,
        },
        {
          text: 'Load it now.',
          command: `nft -f ${PORT_FILE}`,
          needsRoot: true,
          undo: 'nft delete table inet swarmkeep_port_7890',
        },
        { text: 'Look again: the row should say home network only.', command: null, needsRoot: false },
      ],
      since: clock.at(160),
      before: { status: 'pass', until: clock.at(160) },
      observedAt: clock.at(3),
    },
  };
  const onMiu: Overrides = {
    'swarm-secret': {
      status: 'fix',
      summary: 'Everyone with an account on miu can read the swarm secret',
      detail:
        'Its file is 0644, and the folder above it is open. Whoever reads it is a node of your swarm: may give it tasks and see its memory.',
      evidence: [
        seen('/var/lib/mycoswarm/.config/mycoswarm/swarm-token', '0644, readable by everyone', {
          status: 'fix',
          source: 'stat',
          raw: '-rw-r--r-- 1 mycoswarm mycoswarm 65 2026-10-11 08:12:44 swarm-token',
        }),
        seen('strength', '256 bits', { source: 'length only, the secret is not kept' }),
        seen('age', '41 days, at most 90', { source: 'stat' }),
      ],
      wouldChange: 'It is fine when only the service and root can read it.',
      fix: [
        {
          text: 'Take the file away from everyone but the service.',
          command: 'chmod 0600 /var/lib/mycoswarm/.config/mycoswarm/swarm-token',
          needsRoot: true,
        },
        {
          text: 'Close the folder above it.',
          command: 'chmod 0700 /var/lib/mycoswarm/.config/mycoswarm',
          needsRoot: true,
        },
      ],
      since: clock.daysAgo(18),
      before: null,
    },
  };
  const onNaru: Overrides = {
    'plugin-inventory': {
      status: 'review',
      summary: 'naru has a plugin nobody has approved, web_digest',
      detail: 'It came today at 18:52 and is loaded at the next start, without any check by mycoSwarm.',
      evidence: [
        seen('plugins/web_digest/handler.py', 'new, 2,114 bytes', {
          status: 'review',
          source: 'sha256sum',
          raw: '9b1c7e0d5a2f4c6688f0a1b2c3d4e5f60718293a4b5c6d7e8f9012345678abcd  plugins/web_digest/handler.py',
        }),
        seen('plugins/weather/handler.py', 'on the list', { source: 'sha256sum' }),
      ],
      wouldChange: 'It is fine when web_digest is removed, or declared as meant.',
      fix: [
        {
          text: 'Read it first. If you do not know it, remove it.',
          command: 'rm -r /var/lib/mycoswarm/.config/mycoswarm/plugins/web_digest',
          needsRoot: true,
        },
      ],
      since: clock.at(28),
      before: { status: 'pass', until: clock.at(28) },
    },
    'pinned-dependencies': {
      status: 'review',
      summary: 'idna on naru is newer than the lock says',
      detail: 'The lock says 3.4, installed is 3.6. Somebody updated it by hand, or something did.',
      evidence: [seen('idna 3.6', 'the lock says 3.4', { status: 'review', source: 'dist-info/METADATA' })],
      wouldChange: 'It is fine when lock and environment are equal again.',
      since: clock.daysAgo(4),
      before: { status: 'pass', until: clock.daysAgo(4) },
    },
  };
  const onUncho: Overrides = {
    'unused-interfaces': {
      status: 'review',
      summary: 'uncho is on a network that you did not name, docker0',
      detail: 'A bridge for containers is up, and Ollama answers on it.',
      evidence: [
        seen('docker0 172.17.0.1/16', 'up, not declared', { status: 'review', source: 'ip -j address' }),
        seen('172.17.0.1:11434 ollama', 'answers there', { status: 'review' }),
        seen('eth0 192.168.1.31/24', 'home network', { source: 'ip -j address' }),
      ],
      wouldChange: 'It is fine when docker0 is down, or declared as meant.',
      fix: [{ text: 'Take the bridge down.', command: 'ip link set docker0 down', needsRoot: true }],
      since: clock.daysAgo(2),
      before: { status: 'pass', until: clock.daysAgo(2) },
    },
    'audit-logging': {
      status: 'unknown',
      summary: 'We could not read the audit rules on uncho.',
      detail: 'auditctl may be run by the administrator only. What is recorded could not be seen.',
      evidence: [
        seen('auditctl -l', 'Operation not permitted', { status: 'unknown', source: 'auditctl -l' }),
      ],
      wouldHelp: 'allow one command as administrator: auditctl -l',
      wouldChange: 'It is judged as soon as the rules can be read.',
    },
  };

  const nodes = [boa, miu, naru, pi, uncho];
  const overrides: Record<string, Overrides> = { boa: onBoa, miu: onMiu, naru: onNaru, uncho: onUncho };
  const findings = nodes.flatMap((node) => findingsOf(node, clock, overrides[node.id]));
  const fineThen = (days: number) => Array.from({ length: days }, () => 'pass' as const);
  return {
    name: 'evening',
    now: clock.now,
    nodes,
    findings,
    waivers: findings
      .filter((finding) => finding.waiver !== null)
      .map((finding) => ({
        id: finding.waiver?.id ?? '',
        node: finding.node,
        check: finding.check,
        reason: finding.waiver?.reason ?? '',
        createdAt: clock.daysAgo(9),
        until: finding.waiver?.until ?? clock.now,
        evidenceHash: 'a'.repeat(64),
        ended: null,
      })),
    declarations: [
      {
        id: 'declaration-1',
        node: null,
        kind: 'resolver',
        value: '192.168.1.1',
        reason: 'The router of the house; nothing else answers names here.',
        createdAt: clock.daysAgo(30),
      },
      {
        id: 'declaration-2',
        node: 'uncho',
        kind: 'interface',
        value: 'wg0',
        reason: 'My own tunnel, only my phone is on the other side.',
        createdAt: clock.daysAgo(12),
      },
    ],
    profiles: {
      boa: profileOf(),
      miu: profileOf(),
      naru: profileOf({ version: '0.2.15' }),
      uncho: profileOf(),
      pi: profileOf({ running: false, pids: [] }),
    },
    since: [
      drift(clock.at(28), 'naru', 'plugin-inventory', 'pass', 'review', 'has a new plugin, web_digest'),
      drift(
        clock.at(135),
        'uncho',
        'source-read-only',
        'fix',
        'pass',
        'can no longer rewrite its own source',
      ),
      drift(clock.at(160), 'boa', 'service-bindings', 'pass', 'fix', 'joined a second network, tailscale0'),
    ],
    sentence: 'Two doors are open: boa to every network, miu to its other accounts.',
    histories: {
      [historyKey('boa', 'service-bindings')]: [...fineThen(11), null, null, ...fineThen(16), 'fix'],
      [historyKey('miu', 'swarm-secret')]: [
        ...fineThen(11),
        ...Array.from({ length: 19 }, () => 'fix' as const),
      ],
      [historyKey('naru', 'plugin-inventory')]: [...fineThen(29), 'review'],
    },
    local: {
      possible: true,
      sentence: 'mycoSwarm 0.2.16 is running here, on port 7890.',
      version: '0.2.16',
      port: 7890,
      running: true,
    },
    delayMs: 0,
    broken: false,
  };
}

function drift(
  at: string,
  node: string,
  check: CheckId,
  from: TrackedFinding['status'],
  to: TrackedFinding['status'],
  summary: string,
) {
  return { at, node, nodeName: node, check, from, to, summary: `${node} ${summary}` };
}
