import type { CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { WORST_FIRST } from '#shared/domain/level.ts';

/** @returns for each check its worst finding: over several nodes a check counts once */
export function worstByCheck(findings: readonly TrackedFinding[]): Map<CheckId, TrackedFinding> {
  const worst = new Map<CheckId, TrackedFinding>();
  for (const finding of findings) {
    const before = worst.get(finding.check);
    if (!before || WORST_FIRST.indexOf(finding.status) < WORST_FIRST.indexOf(before.status)) {
      worst.set(finding.check, finding);
    }
  }
  return worst;
}
