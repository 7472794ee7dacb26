import type { CheckId } from '#shared/domain/check-id.ts';
import { countChecks } from '#shared/domain/counting.ts';
import type { Finding, FindingStatus } from '#shared/domain/finding.ts';
import type { CheckReport } from '../report.ts';

/** A finding made up for tests of printing. */
export function findingOf(check: CheckId, status: FindingStatus, more: Partial<Finding> = {}): Finding {
  return {
    check,
    status,
    severity: 'high',
    summary: `About ${check}.`,
    detail: '',
    evidence: [],
    evidenceOmitted: 0,
    wouldChange: '',
    fix: [],
    wouldHelp: null,
    lacking: false,
    declared: [],
    observedAt: '2026-11-21T19:20:00.000Z',
    ...more,
  };
}

/** A report made up for tests of printing. */
export function reportOf(findings: Finding[], level: CheckReport['level'] = 0): CheckReport {
  return {
    node: { id: null, name: 'miu', reachedBy: 'local' },
    level,
    counts: countChecks(findings),
    findings,
  };
}
