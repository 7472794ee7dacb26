import { createHash } from 'node:crypto';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus, Severity, TrackedFinding } from '#shared/domain/finding.ts';
import { LEVEL_OF } from '#shared/domain/level.ts';
import { acceptedEvidence } from '../evidence.ts';
import type { ReportInput } from './report.ts';
import { sarifLog } from './sarif-log.ts';

/** Section 3.27.9: everything but `fail` has the level `none`. */
const KIND: Readonly<Record<Exclude<FindingStatus, 'waived'>, string>> = {
  fix: 'fail',
  review: 'review',
  unknown: 'open',
  pass: 'pass',
  'not-applicable': 'notApplicable',
};

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/**
 * Static Analysis Results Interchange Format 2.1.0 with errata 01 (OASIS). A finding is about a machine and not about
 * a file, so its place is a logical location. An accepted risk keeps its own kind and is a suppression.
 * @returns one SARIF log with one run, two spaces of indentation
 */
export function sarifReport(input: ReportInput): string {
  const checks = [...new Set(input.findings.map((finding) => finding.check))];
  const index = new Map(checks.map((check, place) => [check, place]));
  const away = input.nodes.filter((node) => node.lastError !== null);
  return sarifLog({
    version: input.version,
    createdAt: input.createdAt,
    rules: checks.map(ruleOf),
    troubles: away.map(
      (node) => `${node.name} could not be reached; its findings are from before. ${node.lastError}`,
    ),
    results: input.findings.map((finding) => resultOf(finding, index.get(finding.check) ?? -1)),
  });
}

function ruleOf(check: CheckId) {
  const entry = catalogueEntry(check);
  const name = check.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    id: check,
    name,
    shortDescription: { text: entry.question },
    fullDescription: { text: entry.why },
    help: { text: entry.story },
    properties: { tags: ['security', `level-${LEVEL_OF[check]}`] },
  };
}

function resultOf(finding: TrackedFinding, ruleIndex: number) {
  const underneath = finding.waiver?.underneath ?? finding.status;
  // A waived finding always has its waiver; if ever it had none, it would be open and not fine.
  const status = underneath === 'waived' ? 'unknown' : underneath;
  const text = [finding.summary, finding.detail, ...finding.fix.map((step) => step.text)];
  return {
    ruleId: finding.check,
    ruleIndex,
    kind: KIND[status],
    level: status === 'fix' ? LEVEL[finding.severity] : 'none',
    message: { text: text.filter(Boolean).join('\n') },
    locations: [
      {
        logicalLocations: [
          {
            name: finding.nodeName,
            fullyQualifiedName: `${finding.node}/${finding.check}`,
            kind: 'node',
          },
        ],
      },
    ],
    fingerprints: { 'swarmkeep/v1': sha256(`${finding.node}\n${finding.check}`) },
    partialFingerprints: { 'evidence/v1': acceptedEvidence({ ...finding, status }) },
    // Section 3.27.23: either all results of a run say whether they are suppressed, or none does.
    suppressions: finding.waiver
      ? [
          {
            kind: 'external',
            status: 'accepted',
            justification: finding.waiver.reason,
            properties: { until: finding.waiver.until },
          },
        ]
      : [],
    properties: {
      status: finding.status,
      severity: finding.severity,
      since: finding.since,
      observedAt: finding.observedAt,
      stale: finding.stale,
      wouldChange: finding.wouldChange,
      evidence: finding.evidence.map(({ what, seen, status: seenAs, source }) => ({
        what,
        seen,
        status: seenAs,
        source,
      })),
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
