import type { Overview } from '#shared/contract/findings.ts';
import { redUntil, wantsAdministrator } from '#shared/domain/administrator-look.ts';
import type { Severity, TrackedFinding } from '#shared/domain/finding.ts';
import { LEVEL_OF } from '#shared/domain/level.ts';
import { countSteps } from '#shared/domain/numbered-steps.ts';
import { plainName } from '#shared/domain/plain-name.ts';
import { worstFirst } from './worst-first.ts';

const SEVERITY: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/**
 * The one thing to do next: what is to fix before what was to fix and is out of sight, before what is to review, before what could be
 * seen with some help; the graver first, then the lower step, then the order of checks.
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
    ...(first.status === 'unknown' && wantsAdministrator(first) ? { look: 'administrator' as const } : {}),
  };
}

function canBeDone(finding: TrackedFinding): boolean {
  if (finding.status === 'fix' || finding.status === 'review') return true;
  return finding.status === 'unknown' && !finding.lacking && finding.wouldHelp !== null;
}

/** What was red when it was seen last comes right after what is. */
function rank(finding: TrackedFinding): number {
  if (finding.status === 'fix') return 0;
  if (finding.status === 'unknown') return redUntil(finding) === null ? 3 : 1;
  return 2;
}

function urgency(a: TrackedFinding, b: TrackedFinding): number {
  return (
    rank(a) - rank(b) ||
    SEVERITY.indexOf(a.severity) - SEVERITY.indexOf(b.severity) ||
    LEVEL_OF[a.check] - LEVEL_OF[b.check] ||
    worstFirst(a, b)
  );
}

/** What was found, in the finding's own words: a title by check would say the same of quite different troubles. */
function titleOf(finding: TrackedFinding): string {
  if (finding.status === 'unknown') {
    const node = plainName(finding.nodeName, 64);
    return wantsAdministrator(finding) ? `Look at ${node} as administrator` : `See the rest of ${node}`;
  }
  const { summary } = finding;
  return summary.endsWith('.') && !summary.endsWith('..') ? summary.slice(0, -1) : summary;
}

function textOf(finding: TrackedFinding): string {
  if (finding.status !== 'unknown') return finding.detail;
  if (wantsAdministrator(finding))
    return `${finding.summary} The account that looks there may not see all of it. It reads only, and changes nothing.`;
  return `${finding.summary} It would help to ${finding.wouldHelp}.`;
}
