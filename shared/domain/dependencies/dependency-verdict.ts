import type { DependencyReport } from './finding.ts';
import { isPartOfAdvisories } from './part-of-advisories.ts';

/**
 * `found`: something counts; `unknown`: nothing does, and not all could be said (no data, old data, a small part of
 * it, unreadable, not comparable); `clean`: all was compared with fresh data, and nothing counts.
 */
export function dependencyVerdict(report: DependencyReport): 'found' | 'unknown' | 'clean' {
  const counting = report.findings.filter((finding) => finding.ignored === null);
  if (counting.some(({ kind }) => kind === 'vulnerability' || kind === 'malware')) return 'found';
  const isWhole = report.data.state === 'fresh' && !isPartOfAdvisories(report.data);
  return counting.length > 0 || !isWhole ? 'unknown' : 'clean';
}
