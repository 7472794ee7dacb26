import { createHash } from 'node:crypto';
import { canonicalJson } from '#shared/domain/canonical-json.ts';
import type { Finding } from '#shared/domain/finding.ts';

/**
 * What an operator accepts when accepting a risk: SHA-256 (64 hex digits) over the status and over what was looked at and
 * seen in each entry, in order. Times, raw output and our sentences are left out, for they may change while the risk
 * stays the same.
 */
export function evidenceHash(finding: Pick<Finding, 'status' | 'evidence' | 'evidenceOmitted'>): string {
  const text = canonicalJson({
    status: finding.status,
    evidence: finding.evidence.map(({ what, seen }) => [what.toWellFormed(), seen.toWellFormed()]),
    omitted: finding.evidenceOmitted,
  });
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
