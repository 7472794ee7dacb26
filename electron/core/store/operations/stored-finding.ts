import type { CheckId } from '#shared/domain/check-id.ts';
import { type Finding, finding } from '#shared/domain/finding.ts';

/**
 * Reads the body of a stored finding. One that another version wrote and this one cannot read must neither take the
 * whole list away nor pass for fine: it is shown as unknown until the node is looked at again.
 */
export function readFinding(check: CheckId, body: string): Finding {
  try {
    const parsed = finding.safeParse(JSON.parse(body));
    if (parsed.success && parsed.data.check === check) return parsed.data;
  } catch {
    // Not even JSON: the same as a shape that is not ours.
  }
  return {
    check,
    status: 'unknown',
    severity: 'info',
    summary: 'The record of this finding cannot be read by this version of Swarmkeep.',
    detail: 'It is kept as it is. A new look writes it anew.',
    evidence: [],
    evidenceOmitted: 0,
    wouldChange: 'A new look at the node.',
    fix: [],
    wouldHelp: 'look at the node again',
    lacking: false,
    declared: [],
    observedAt: '1970-01-01T00:00:00.000Z',
  };
}
