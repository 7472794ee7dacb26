import type { Overview } from '#shared/contract/findings.ts';
import type { Severity, TrackedFinding } from '#shared/domain/finding.ts';
import { LEVEL_OF } from '#shared/domain/level.ts';
import { countSteps } from '#shared/domain/numbered-steps.ts';
import { plainName } from '#shared/domain/plain-name.ts';
import { worstFirst } from './worst-first.ts';

const SEVERITY: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/**
 * The one thing to do next: what is to fix before what is to review before what could be seen with some help; the
 * graver first, then the lower step, then the order of checks.
 * @returns null when there is nothing that a person could do
 */
export function nextAction(findings: readonly TrackedFinding[]): Overview['next'] {
  const [first] = findings.filter(canBeDone).sort(urgency);
  if (!first) return null;
  return {
    title: titleOf(first).slice(0, 256),
    text: textOf(first).slice(0, 1_024),
    node: first.node,
    nodeName: first.nodeName,
    check: first.check,
    steps: countSteps(first.fix),
  };
}

function canBeDone(finding: TrackedFinding): boolean {
  if (finding.status === 'fix' || finding.status === 'review') return true;
  return finding.status === 'unknown' && !finding.lacking && finding.wouldHelp !== null;
}

function urgency(a: TrackedFinding, b: TrackedFinding): number {
  if (a.status !== b.status) return worstFirst(a, b);
  return (
    SEVERITY.indexOf(a.severity) - SEVERITY.indexOf(b.severity) ||
    LEVEL_OF[a.check] - LEVEL_OF[b.check] ||
    worstFirst(a, b)
  );
}

/** What was found, in the finding's own words: a title by check would say the same of quite different troubles. */
function titleOf(finding: TrackedFinding): string {
  if (finding.status === 'unknown') return `See the rest of ${plainName(finding.nodeName, 64)}`;
  const { summary } = finding;
  return summary.endsWith('.') && !summary.endsWith('..') ? summary.slice(0, -1) : summary;
}

function textOf(finding: TrackedFinding): string {
  if (finding.status !== 'unknown') return finding.detail;
  return `${finding.summary} It would help to ${finding.wouldHelp}.`;
}
