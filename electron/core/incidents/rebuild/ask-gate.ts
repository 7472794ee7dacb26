import type { Incident } from '#shared/domain/incident/incident.ts';
import type { RejoinGate } from '#shared/domain/incident/rebuild.ts';
import type { NodeNow } from './rebuilding.ts';
import { rejoinGate } from './rejoin-gate.ts';

/** When the node of an incident counts as set up anew: since its new key was known, or since a person said so. Null: it was not. */
export function rebuiltAt({ steps }: Pick<Incident, 'steps'>): string | null {
  const step = steps.find(({ action }) => action === 'rebuild');
  return step?.state === 'done' ? step.endedAt : null;
}

/**
 * The gate before the node of an incident rejoins.
 * @param now what is known of it at this moment
 */
export function gateOf(incident: Pick<Incident, 'steps' | 'rebuild' | 'name'>, now: NodeNow): RejoinGate {
  const { before, hostKey } = incident.rebuild;
  // A key that is not the one by which it is reached any more proves nothing.
  const isMet = hostKey !== null && now.hostKeys.length === 1 && now.hostKeys[0] === hostKey.fingerprint;
  return rejoinGate({
    name: incident.name,
    hostKey: hostKey === null ? null : { confirmedAt: isMet ? hostKey.at : null, isNew: hostKey.isNew },
    nodeId: { before: before?.nodeId ?? null, now: now.nodeId },
    level: { before: before?.level ?? null, now: now.level },
    findings: { before: before?.findings ?? {}, now: now.findings },
    secret: now.secret,
    baselineAt: now.baselineAt,
    rebuiltAt: rebuiltAt(incident),
    lookedAt: now.lookedAt,
  });
}
