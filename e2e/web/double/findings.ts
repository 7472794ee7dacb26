import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import { CHECK_IDS } from '#shared/domain/check-id.ts';
import type { Evidence, Severity, TrackedFinding } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { ScenarioClock } from './clock.ts';

/** One evidence entry; fine unless said otherwise. */
export function seen(
  what: string,
  meaning: string,
  more: Partial<Pick<Evidence, 'status' | 'source' | 'raw'>> = {},
): Evidence {
  return { what, seen: meaning, status: 'pass', source: 'ss -Hltnpe', raw: null, ...more };
}

/** What a fine node says for each check that this version has. */
const FINE: Partial<Record<CheckId, [summary: string, evidence: Evidence[]]>> = {
  'dedicated-user': [
    'mycoSwarm on NODE runs as an account of its own, mycoswarm.',
    [
      seen('mycoswarm (uid 998), password locked', 'dedicated account', { source: '/etc/shadow' }),
      seen('groups: mycoswarm', 'no group that gives power', { source: 'id mycoswarm' }),
    ],
  ],
  'sandbox-mode': [
    'The sandbox on NODE is in force, and code of agents is still isolated.',
    [seen('NoNewPrivs: 1, Seccomp: 2', 'in force on pid 812', { source: '/proc/812/status' })],
  ],
  'workspace-bounded': [
    'Agents on NODE write only in their workspace.',
    [seen('/var/lib/mycoswarm/workspace', '214 files, no way out', { source: 'find' })],
  ],
  'source-read-only': [
    'Agents on NODE cannot rewrite their own source.',
    [seen('/opt/mycoswarm root:root 0755', 'not writable by uid 998', { source: 'stat' })],
  ],
  'swarm-secret': [
    'The swarm secret on NODE is strong, private and 12 days old.',
    [seen('swarm-token 0600 mycoswarm', '256 bits, read by the service only', { source: 'stat' })],
  ],
  'service-bindings': [
    'NODE answers on its home network only.',
    [seen('192.168.1.24:7890 mycoswarm (pid 812)', 'home network')],
  ],
  'unused-interfaces': [
    'Every network that NODE is on carries the swarm.',
    [seen('eth0 192.168.1.24/24', 'home network', { source: 'ip -j address' })],
  ],
  'audit-logging': [
    'What agents on NODE run and reach is recorded outside their reach.',
    [seen('auditctl -l: 8 rules, 64 and 32 bit', 'probe arrived', { source: 'auditctl -l' })],
  ],
  'pinned-dependencies': [
    'All 41 packages on NODE equal the lock.',
    [seen('41 of 41 packages', 'equal to the lock', { source: 'importlib metadata' })],
  ],
  'cloud-api-keys': [
    'No provider key lies on NODE.',
    [seen('environment of 3 processes, 14 files', 'no key', { source: '/proc, dotfiles' })],
  ],
  'model-locality': ['All models of NODE run at home.', [seen('127.0.0.1:11434 ollama', 'this node only')]],
  'plugin-inventory': [
    'NODE has only plugins that you accepted.',
    [seen('weather, notes', 'on the list', { source: 'plugins/' })],
  ],
  'time-sync': [
    'The clock of NODE is 4 ms off its source.',
    [seen('systemd-timesyncd, offset 4 ms', 'synchronised', { source: 'timedatectl show' })],
  ],
  'os-updates': [
    'NODE has no security update waiting.',
    [seen('0 of 3 pending updates are for security', 'up to date', { source: 'apt-get -s dist-upgrade' })],
  ],
  'ssh-server': [
    'NODE takes keys only.',
    [seen('passwordauthentication no', 'keys only', { source: 'sshd -T' })],
  ],
};

/** Facts of stock mycoSwarm that no fix on the node alone can change. */
const ALWAYS: Partial<Record<CheckId, Partial<TrackedFinding> & { summary: string }>> = {
  'token-throttling': {
    status: 'unknown',
    summary: 'Nobody was seen guessing the secret of NODE; whether it would be slowed down was not seen.',
    wouldHelp: 'have it tried on purpose, from another node of yours; what the logs show then is seen here',
  },
  'log-injection': {
    status: 'unknown',
    summary: 'No forged line was seen in the log of NODE; whether one could be written was not seen.',
    wouldHelp: 'have it tried on purpose, from another node of yours; what the logs show then is seen here',
  },
  'dependency-audit': {
    status: 'unknown',
    summary: 'We could not compare the 41 packages on NODE: there is no advisory data.',
    detail: 'The packages are listed. Nothing is said about them until advisories are here.',
    evidence: [
      seen('41 packages', 'listed, not compared', { status: 'unknown', source: 'importlib metadata' }),
    ],
    wouldHelp: 'have advisory data, which this version cannot load yet',
    wouldChange: 'It is judged as soon as advisory data is there.',
  },
  'api-docs-exposed': {
    status: 'waived',
    summary: 'NODE describes its API to anyone who asks.',
    detail: 'mycoSwarm 0.2.16 answers on /docs and /openapi.json without a token. No setting changes that.',
    evidence: [
      seen('GET /openapi.json: 200', 'without a token', { status: 'fix', source: 'http://127.0.0.1:7890' }),
    ],
  },
  'tool-log': {
    status: 'waived',
    summary: 'Tool calls on NODE are written where the agent can rewrite them.',
    detail: 'access.log lies in the own home of the agent. mycoSwarm 0.2.16 has no other place for it.',
    evidence: [
      seen('~/.config/mycoswarm/access.log', 'owned by the agent', { status: 'fix', source: 'stat' }),
    ],
  },
};

/** How severe a status is unless a scenario says otherwise. */
const SEVERITY: Record<TrackedFinding['status'], Severity> = {
  fix: 'high',
  review: 'medium',
  unknown: 'info',
  waived: 'medium',
  pass: 'info',
  'not-applicable': 'info',
};

/**
 * One finding of a node, complete.
 * @param node whose it is; `NODE` in its texts becomes the name
 * @param check which check
 * @param clock the scenario's clock
 * @param override what differs from a fine finding
 */
export function findingOf(
  node: SwarmNode,
  check: CheckId,
  clock: ScenarioClock,
  override: Partial<TrackedFinding> = {},
): TrackedFinding {
  const entry = catalogueEntry(check);
  const fine = FINE[check];
  const lacking = entry.lacking && override.status === undefined;
  const base: Partial<TrackedFinding> = lacking
    ? {
        status: 'unknown',
        summary: entry.lackingBecause ?? 'This version cannot check this yet.',
        lacking: true,
      }
    : (ALWAYS[check] ?? { status: 'pass', summary: fine?.[0] ?? `${entry.title}: fine on NODE.` });
  const status = override.status ?? base.status ?? 'pass';
  const merged: TrackedFinding = {
    check,
    status,
    severity: SEVERITY[status],
    summary: '',
    detail: '',
    evidence: fine?.[1] ?? [],
    evidenceOmitted: 0,
    wouldChange: status === 'pass' ? 'It would change when what was seen here changes.' : '',
    fix: [],
    wouldHelp: null,
    lacking: false,
    declared: [],
    observedAt: clock.at(3),
    node: node.id,
    nodeName: node.name,
    since: clock.daysAgo(18),
    before: null,
    waiver:
      status === 'waived'
        ? {
            id: `waiver-${node.id}-${check}`,
            reason: 'mycoSwarm itself has to change this. Asked for upstream.',
            until: clock.inDays(21),
            underneath: 'fix',
          }
        : null,
    stale: node.lastError !== null,
    ...base,
    ...override,
  };
  return { ...merged, summary: merged.summary.replaceAll('NODE', node.name) };
}

/** Every finding of a node: fine, except for what is overridden. */
export function findingsOf(
  node: SwarmNode,
  clock: ScenarioClock,
  overrides: Partial<Record<CheckId, Partial<TrackedFinding>>> = {},
): TrackedFinding[] {
  return CHECK_IDS.map((check) => findingOf(node, check, clock, overrides[check]));
}
