import type { Overview, Standing } from '#shared/contract/findings.ts';
import { redUntil, wantsAdministrator } from '#shared/domain/administrator-look.ts';
import { countChecks, countingNodes, isSample } from '#shared/domain/counting.ts';
import type { Counts } from '#shared/domain/counts.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { levelOf, WORST_FIRST } from '#shared/domain/level.ts';
import { countSteps } from '#shared/domain/numbered-steps.ts';
import type { Scenario } from './scenario.ts';

/** Worst first, then by severity as listed. */
export function worstFirst(findings: readonly TrackedFinding[]): TrackedFinding[] {
  return [...findings].sort((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status));
}

/** What Home shows of a scenario, for one node or all. */
export function overviewOf(scenario: Scenario, node: string | null): Overview {
  const nodes = scenario.nodes.filter((entry) => node === null || entry.id === node);
  const counting = new Set(countingNodes(nodes).map((entry) => entry.id));
  const findings = scenario.findings.filter((finding) => counting.has(finding.node));
  const counts = countChecks(findings);
  const worst = worstFirst(findings)[0];
  const standings: Standing[] = nodes.map((entry) => {
    const own = scenario.findings.filter((finding) => finding.node === entry.id);
    const { level, heldBy } = levelOf(own, scenario.profiles[entry.id] !== undefined);
    const holding = new Set(heldBy.map((held) => held.check));
    const ends = own
      .flatMap(({ check, waiver }) => (waiver && holding.has(check) ? [waiver.until] : []))
      .sort();
    return {
      node: entry.id,
      nodeName: entry.name,
      sample: isSample(entry),
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
    hidden: nodes.flatMap((entry) => {
      const red = findings.filter((finding) => finding.node === entry.id && redUntil(finding) !== null);
      const until = red.flatMap((finding) => redUntil(finding) ?? []).sort()[0];
      const administrator = red.some(wantsAdministrator);
      return until === undefined
        ? []
        : [{ node: entry.id, nodeName: entry.name, checks: red.length, until, administrator }];
    }),
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
