import type { Standing } from '#shared/contract/findings.ts';
import { redUntil } from '#shared/domain/administrator-look.ts';
import { countChecks, isSample } from '#shared/domain/counting.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { levelOf } from '#shared/domain/level.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { NodeInBrief } from '#shared/domain/sentence.ts';

/**
 * One node on the stairs.
 * @param findings of this node; none when nobody looked yet
 * @param hasMycoswarm what the latest facts say
 */
export function standingOf(
  node: SwarmNode,
  findings: readonly TrackedFinding[],
  hasMycoswarm: boolean,
): Standing {
  const { level, heldBy } = levelOf(findings, hasMycoswarm && findings.length > 0);
  const holding = new Set(heldBy.map((entry) => entry.check));
  const ends = findings
    .filter((finding) => holding.has(finding.check))
    .map((finding) => finding.waiver?.until)
    .filter((until) => until !== undefined)
    .sort();
  return {
    node: node.id,
    nodeName: node.name,
    sample: isSample(node),
    level,
    heldBy,
    counts: countChecks(findings),
    lookedAt: seenAt(node, findings),
    away: node.lastError !== null,
    acceptedUntil: ends[0] ?? null,
  };
}

/** When a node was seen: recorded facts were seen when they were recorded, and no look makes them newer. */
function seenAt(node: SwarmNode, findings: readonly TrackedFinding[]): string | null {
  if (node.lastLookAt === null || node.address.kind !== 'recorded') return node.lastLookAt;
  return findings.map((finding) => finding.observedAt).reduce(newer, null) ?? node.lastLookAt;
}

function newer(one: string | null, other: string): string {
  return one !== null && one > other ? one : other;
}

/** @returns what the sentence of the day has to know of a node */
export function briefOf(standing: Standing, findings: readonly TrackedFinding[]): NodeInBrief {
  return {
    name: standing.nodeName,
    sample: standing.sample,
    level: standing.level,
    looked: standing.lookedAt !== null,
    away: standing.away,
    acceptedUntil: standing.acceptedUntil === null ? null : dayInWords(standing.acceptedUntil),
    open: findings.filter((finding) => isOpen(finding)),
    hidden: hiddenOf(findings),
  };
}

/** What needed fixing and is out of sight, with the day on which the first of it was seen last. */
function hiddenOf(findings: readonly TrackedFinding[]): NodeInBrief['hidden'] {
  const days = findings.flatMap((finding) => redUntil(finding) ?? []).sort();
  return days[0] === undefined ? undefined : { count: days.length, day: dayInWords(days[0]) };
}

/** What waits for a person: not what this version cannot look at anyway. */
function isOpen(finding: TrackedFinding): boolean {
  if (finding.status === 'fix' || finding.status === 'review') return true;
  return finding.status === 'unknown' && !finding.lacking;
}

function dayInWords(instant: string): string {
  return new Date(instant).toLocaleDateString('en-GB', { day: 'numeric', month: 'long' });
}
