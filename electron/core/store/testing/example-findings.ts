import { createHash } from 'node:crypto';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Finding, FindingStatus } from '#shared/domain/finding.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Profile } from '#shared/domain/profile.ts';

/** Plain examples for tests of the store and of the console. Never used by the product. */
export function exampleFinding(
  check: CheckId,
  status: FindingStatus,
  change: Partial<Finding> = {},
): Finding {
  return {
    check,
    status,
    severity: 'high',
    summary: `${check} is ${status} on miu.`,
    detail: '',
    evidence: [
      {
        what: '0.0.0.0:7890 mycoswarm',
        seen: 'every address',
        status,
        source: 'ss -Hltnpe',
        raw: 'LISTEN 0 100',
      },
    ],
    evidenceOmitted: 0,
    wouldChange: 'Another address.',
    fix: [],
    wouldHelp: null,
    lacking: false,
    declared: [],
    observedAt: '2026-11-21T19:20:00.000Z',
    ...change,
  };
}

/**
 * @param evidence tells one piece of evidence from another
 * @returns a finding with a hash as the store wants it
 */
export function exampleSeen(check: CheckId, status: FindingStatus, evidence = 'a') {
  const [entry] = exampleFinding(check, status).evidence;
  return {
    finding: exampleFinding(check, status, {
      evidence: entry === undefined ? [] : [{ ...entry, what: `${entry.what} ${evidence}` }],
    }),
    evidenceHash: createHash('sha256').update(`${status}${evidence}`).digest('hex'),
  };
}

export function exampleNode(id: string, change: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id,
    name: id,
    address: { kind: 'ssh', host: `${id}.local`, port: 22 },
    addedAt: '2026-11-21T19:00:00.000Z',
    lastLookAt: null,
    lastError: null,
    ...change,
  };
}

export const NO_PROFILE: Profile = { instances: [], corrected: [] };

/** @returns a finished look at an instant, as `recordLook` takes it */
export function exampleLook(
  node: string,
  at: string,
  findings: ReturnType<typeof exampleSeen>[],
  facts: { json: string; profile?: Profile } = { json: '{}' },
) {
  return {
    look: { id: `${node}-${at}`, node, startedAt: at, endedAt: at, outcome: 'done' as const, error: null },
    facts: { collectedAt: at, profile: facts.profile ?? NO_PROFILE, json: facts.json },
    findings,
    moment: { at, day: at.slice(0, 10) },
  };
}
