import type { Incident } from '#shared/domain/incident/incident.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';

/** Whether the node is shut off and nobody has said what is to become of that. */
export function isHeld({ steps }: Pick<Incident, 'steps'>): boolean {
  const isolate = steps.find(({ action }) => action === 'isolate');
  const release = steps.find(({ action }) => action === 'release');
  return isolate?.run != null && isolate.state !== 'skipped' && release !== undefined && !isSettled(release);
}
