import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { WORST_FIRST } from '#shared/domain/level.ts';

const PLACE: ReadonlyMap<CheckId, number> = new Map(CHECK_IDS.map((id, index) => [id, index]));

/** Order of lists: worst first, then by the order of checks, then by the name of the node. */
export function worstFirst(
  a: Pick<TrackedFinding, 'check' | 'status' | 'nodeName' | 'node'>,
  b: Pick<TrackedFinding, 'check' | 'status' | 'nodeName' | 'node'>,
): number {
  return (
    WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) ||
    (PLACE.get(a.check) ?? 0) - (PLACE.get(b.check) ?? 0) ||
    a.nodeName.localeCompare(b.nodeName) ||
    (a.node < b.node ? -1 : 1)
  );
}
