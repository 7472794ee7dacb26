import type { Counts, Overview, Standing } from '#shared/contract/findings.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus, TrackedFinding } from '#shared/domain/finding.ts';
import { levelOf, WORST_FIRST, worstStatus } from '#shared/domain/level.ts';
import { countSteps } from '#shared/domain/numbered-steps.ts';
import type { Scenario } from './scenario.ts';

/** Counts of checks; over several nodes a check counts once, by its worst. */
export function countChecks(findings: readonly TrackedFinding[]): Counts {
  const byCheck = new Map<CheckId, FindingStatus[]>();
  for (const finding of findings) {
    byCheck.set(finding.check, [...(byCheck.get(finding.check) ?? []), finding.status]);
  }
  const counts: Counts = { pass: 0, fix: 0, review: 0, unknown: 0, notApplicable: 0, waived: 0 };
  for (const [check, statuses] of byCheck) {
    const worst = worstStatus(statuses);
    const own = findings.filter((finding) => finding.check === check);
    if (worst === 'unknown' && own.every((finding) => finding.lacking))
      counts.lacking = (counts.lacking ?? 0) + 1;
    counts[worst === 'not-applicable' ? 'notApplicable' : worst] += 1;
  }
  return counts;
}

/** Worst first, then by severity as listed. */
export function worstFirst(findings: readonly TrackedFinding[]): TrackedFinding[] {
  return [...findings].sort((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status));
}

/** What Home shows of a scenario, for one node or all. */
export function overviewOf(scenario: Scenario, node: string | null): Overview {
  const findings = scenario.findings.filter((finding) => node === null || finding.node === node);
  const nodes = scenario.nodes.filter((entry) => node === null || entry.id === node);
  const counts = countChecks(findings);
  const worst = worstFirst(findings)[0];
  const standings: Standing[] = nodes.map((entry) => {
    const own = findings.filter((finding) => finding.node === entry.id);
    const { level, heldBy } = levelOf(own, scenario.profiles[entry.id] !== undefined);
    const holding = new Set(heldBy.map((held) => held.check));
    const ends = own
      .flatMap(({ check, waiver }) => (waiver && holding.has(check) ? [waiver.until] : []))
      .sort();
    return {
      node: entry.id,
      nodeName: entry.name,
      sample: entry.address.kind === 'recorded' && entry.address.sample,
      level,
      heldBy,
      counts: countChecks(own),
      lookedAt: entry.lastLookAt,
      away: entry.lastError !== null,
      acceptedUntil: ends[0] ?? null,
    };
  });
  const looks = nodes.flatMap((entry) => (entry.lastLookAt ? [entry.lastLookAt] : [])).sort();
  return {
    sentence:
      node === null && scenario.sentence !== null ? scenario.sentence : sentenceOf(counts, nodes.length),
    counts,
    next:
      worst && (worst.status === 'fix' || worst.status === 'review')
        ? {
            title: worst.summary,
            text: worst.detail.slice(0, 1_024),
            node: worst.node,
            nodeName: worst.nodeName,
            check: worst.check,
            steps: countSteps(worst.fix),
          }
        : null,
    standings,
    since: scenario.since.filter((entry) => node === null || entry.node === node),
    lookedAt: looks.at(-1) ?? null,
    nextLookAt: nodes.length > 0 ? new Date(Date.parse(scenario.now) + 57 * 60_000).toISOString() : null,
  };
}

function sentenceOf(counts: Counts, nodes: number): string {
  if (nodes === 0) return 'No node yet.';
  if (counts.fix > 0) return `${counts.fix} things are open.`;
  if (counts.review > 0) return `Nothing is open; ${counts.review} things wait for your word.`;
  return 'Everything that could be looked at is fine.';
}
