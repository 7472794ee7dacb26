import type { CheckId } from './check-id.ts';
import type { FindingStatus } from './finding.ts';

export type Level = 0 | 1 | 2 | 3 | 4;

export const LEVELS: readonly { level: Level; name: string; meaning: string }[] = [
  { level: 0, name: 'Exposed', meaning: 'Nothing in the way' },
  { level: 1, name: 'Contained', meaning: 'Locked in its own account' },
  { level: 2, name: 'Fenced', meaning: 'Cannot leave the house' },
  { level: 3, name: 'Watched', meaning: 'All it does is recorded' },
  { level: 4, name: 'Proven', meaning: 'Checked from outside' },
];

/** The level for which each check counts (design, section 5). */
export const LEVEL_OF: Readonly<Record<CheckId, 1 | 2 | 3 | 4>> = {
  'dedicated-user': 1,
  'sandbox-mode': 1,
  'workspace-bounded': 1,
  'source-read-only': 1,
  'outbound-firewall': 2,
  'peer-allowlist': 2,
  'swarm-secret': 2,
  'service-bindings': 2,
  'unused-interfaces': 2,
  'audit-logging': 3,
  'dependency-audit': 3,
  'pinned-dependencies': 3,
  'cloud-api-keys': 3,
  'model-locality': 3,
  'plugin-inventory': 3,
  'api-docs-exposed': 4,
  'tool-log': 4,
  'time-sync': 4,
  'os-updates': 4,
  'ssh-server': 4,
  'outside-in': 4,
  'container-hardening': 4,
  'secrets-in-git': 4,
  'disk-encryption': 4,
  backups: 4,
  'lan-encryption': 4,
  'token-throttling': 4,
  'log-injection': 4,
  'escape-drill': 4,
};

/** Worst first: the status by which a check counts over several findings or nodes. */
export const WORST_FIRST: readonly FindingStatus[] = [
  'fix',
  'review',
  'unknown',
  'waived',
  'pass',
  'not-applicable',
];

/**
 * The worst of several statuses (fix > review > unknown > waived > pass > not-applicable).
 * @returns `unknown` for an empty list: nothing seen is never a pass.
 */
export function worstStatus(statuses: Iterable<FindingStatus>): FindingStatus {
  const all = new Set(statuses);
  return WORST_FIRST.find((status) => all.has(status)) ?? 'unknown';
}

/**
 * The highest level of which, and below which, every check passes. Only `pass` and `not-applicable` count.
 * @param findings status of each finding of one node, all checks of every level present
 * @param hasMycoswarm false when the node has no mycoSwarm: then there is no level
 * @returns the level, or null when there is none; and what holds the node below the next one
 */
export function levelOf(
  findings: readonly { check: CheckId; status: FindingStatus }[],
  hasMycoswarm: boolean,
): { level: Level | null; heldBy: { check: CheckId; status: FindingStatus }[] } {
  if (!hasMycoswarm) return { level: null, heldBy: [] };
  const steps: readonly (1 | 2 | 3 | 4)[] = [1, 2, 3, 4];
  let reached: Level = 0;
  for (const step of steps) {
    const ids = (Object.keys(LEVEL_OF) as CheckId[]).filter((id) => LEVEL_OF[id] === step);
    const heldBy = ids
      .map((check) => ({
        check,
        status: worstStatus(findings.filter((entry) => entry.check === check).map((entry) => entry.status)),
      }))
      .filter((entry) => entry.status !== 'pass' && entry.status !== 'not-applicable');
    if (heldBy.length > 0) return { level: reached, heldBy };
    reached = step;
  }
  return { level: reached, heldBy: [] };
}
