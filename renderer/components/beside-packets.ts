import type { Evidence, Finding } from '#shared/domain/finding.ts';

/** The evidence that is not a packet of the same finding: those are shown with their verdict already. */
export function besidePackets(finding: Pick<Finding, 'evidence' | 'packets'>): Evidence[] {
  const packets = new Set(finding.packets?.map(({ packet }) => packet));
  return finding.evidence.filter(({ what }) => !packets.has(what));
}
