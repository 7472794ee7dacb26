import type { Counts } from '#shared/domain/counts.ts';
import type { Finding, TrackedFinding } from '#shared/domain/finding.ts';
import type { Level } from '#shared/domain/level.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { printableJson } from './json-text.ts';

/** The node that a report is about. */
export interface ReportNode {
  /** In the console's own list; null for a machine that is not on it. */
  id: string | null;
  name: string;
  reachedBy: 'local' | 'ssh' | 'recorded';
}

/** What `check --json` prints. Keys are stable; more may be added. */
export interface CheckReport {
  node: ReportNode;
  level: Level | null;
  counts: Counts;
  findings: Finding[];
}

/** 1 when anything is to be fixed, else 2 when anything could not be seen, else 0. */
export function exitCodeOf(counts: Counts): ExitCode {
  if (counts.fix > 0) return EXIT.found;
  return counts.unknown > 0 ? EXIT.couldNot : EXIT.fine;
}

/**
 * A finding with its keys in one order, whether it was judged here or kept by a console: the same facts print the same
 * bytes. What a console adds (history, waiver) comes behind.
 */
export function inOrder(finding: Finding | TrackedFinding): Finding {
  const { check, status, severity, summary, evidence, fix, observedAt } = finding;
  const { detail, wouldChange, wouldHelp, evidenceOmitted, lacking, declared } = finding;
  return {
    check,
    status,
    severity,
    summary,
    evidence,
    fix,
    observedAt,
    detail,
    wouldChange,
    wouldHelp,
    evidenceOmitted,
    lacking,
    declared,
    ...(finding.anyTime === undefined ? {} : { anyTime: finding.anyTime }),
    ...('since' in finding && {
      since: finding.since,
      before: finding.before,
      changed: finding.changed ?? null,
      waiver: finding.waiver,
      stale: finding.stale,
    }),
  };
}

/**
 * A report as it is printed for programs: its counts add up to its findings, so what this version cannot look at yet is
 * among the unknown, and each such finding says so itself.
 */
export function documentOf({
  node,
  level,
  counts: { lacking: _, ...counts },
  findings,
}: CheckReport): CheckReport {
  return { node, level, counts, findings };
}

/** One JSON document with a final newline. */
export function asJson(value: unknown): string {
  return `${printableJson(value, 2)}\n`;
}
