import type { Alert } from '#shared/domain/audit/alert.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import type { IncidentKind } from '#shared/domain/incident/incident.ts';
import type { IncidentDraft } from '#shared/domain/incident/incident-view.ts';

/** Words of rules and their stories that say which playbook fits, the most telling first. A person can choose another one. */
const TELLING: readonly (readonly [IncidentKind, RegExp])[] = [
  ['rogue-node', /\b(peer|stranger|announces itself|does not belong)\b/i],
  [
    'exfiltration',
    /\b(sends?|uploads?|pushes|tunnel|tor|mining|internet|outside of your home|packs keys)\b/i,
  ],
  ['stolen-secret', /\b(token|tokens|keys?|password|secret)\b/i],
  ['poisoned-dependency', /\b(plugin|package|library|module|own program)\b/i],
];

const BY_CHECK: Readonly<Partial<Record<CheckId, IncidentKind>>> = {
  'outbound-firewall': 'exfiltration',
  'service-bindings': 'exfiltration',
  'model-locality': 'exfiltration',
  'outside-in': 'exfiltration',
  'peer-allowlist': 'rogue-node',
  'swarm-secret': 'stolen-secret',
  'cloud-api-keys': 'stolen-secret',
  'secrets-in-git': 'stolen-secret',
  'dependency-audit': 'poisoned-dependency',
  'pinned-dependencies': 'poisoned-dependency',
  'plugin-inventory': 'poisoned-dependency',
  'source-read-only': 'poisoned-dependency',
};

/** @returns a new incident about what an alert says; nothing of it is stored */
export function draftOfAlert(id: string, alert: Alert, nodeName: string): IncidentDraft {
  const { rule, entity, count, firstAt, lastAt } = alert;
  const kind = TELLING.find(([, words]) => words.test(rule.title))?.[0] ?? 'destructive-command';
  const about = entity === '' ? '' : `: ${entity}`;
  const often = count === 1 ? '' : ` Seen ${count.toLocaleString('en')} times.`;
  return {
    id,
    kind,
    node: alert.node,
    name: nodeName,
    address: '',
    origin: { kind: 'alert', alert: alert.id, rule: rule.title.slice(0, 256), count, lastAt },
    seen: `${rule.title}${about}.${often}`.slice(0, 2_048),
    since: firstAt,
  };
}

/** @returns a new incident about what a finding says; nothing of it is stored */
export function draftOfFinding(id: string, finding: TrackedFinding): IncidentDraft {
  const { check, node, nodeName, summary, since } = finding;
  return {
    id,
    kind: BY_CHECK[check] ?? 'destructive-command',
    node,
    name: nodeName,
    address: '',
    origin: { kind: 'finding', check },
    seen: summary.slice(0, 2_048),
    since,
  };
}
