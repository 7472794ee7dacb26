import { evidenceHash } from '#core/checks/evidence-hash.ts';
import { steadyEvidence, steadyText } from '#shared/domain/evidence-drift.ts';
import type { Evidence, Finding } from '#shared/domain/finding.ts';

/** Characters of raw text that are kept: of one piece of evidence, and of one finding in all. */
const RAW_OF_ENTRY = 64 * 1024;
const RAW_OF_FINDING = 256 * 1024;

/**
 * Hash of what a waiver accepts. Process ids, ages, counters and the like are left out of what was seen, and neither the
 * order of entries nor how often the same is said counts: a restart or a night is no new evidence, and for time a waiver
 * has its end.
 * @returns 64 hex digits
 */
export function acceptedEvidence(finding: Pick<Finding, 'status' | 'evidence' | 'evidenceOmitted'>): string {
  const distinct = new Map(
    finding.evidence.map((entry) => [
      steadyEvidence(entry),
      { ...entry, what: steadyText(entry.what), seen: steadyText(entry.seen) },
    ]),
  );
  const evidence = [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return evidenceHash({ ...finding, evidence });
}

/**
 * Keeps the raw text of a finding within bounds; what is cut says so.
 * @returns the finding with at most 64 KiB of raw text per entry and 256 KiB in all
 */
export function boundRaw(finding: Finding): Finding {
  let left = RAW_OF_FINDING;
  return {
    ...finding,
    evidence: finding.evidence.map((entry): Evidence => {
      if (entry.raw === null) return entry;
      const room = Math.min(RAW_OF_ENTRY, left);
      left -= Math.min(entry.raw.length, room);
      if (entry.raw.length <= room) return entry;
      const cut = entry.raw.length - room;
      return {
        ...entry,
        raw: `${entry.raw.slice(0, room)}\n[${cut} more characters were seen and are not kept]`,
      };
    }),
  };
}
