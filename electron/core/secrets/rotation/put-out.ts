import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { RotationJournal } from './journal.ts';
import type { RotationLimits } from './parts.ts';

/** How long a decided rotation tries a node before it goes on without it; in an emergency nobody is waited for. In milliseconds. */
export const trialMs = (journal: RotationJournal, { settleMs }: RotationLimits): number =>
  journal.rotation.plan.emergency ? settleMs / 3 : settleMs;

/**
 * Goes on without nodes that answer and cannot be brought to proof: whoever has mycoSwarm's account on one node must not be able to hold up
 * all the others for ever. They count as away: the others keep them out, and they are finished as soon as it can be proven.
 */
export async function putOut(journal: RotationJournal, nodes: readonly StoredRotationNode[]): Promise<void> {
  await Promise.all(
    nodes.map(({ node, message }) =>
      journal.mark(node, {
        state: 'away',
        message: `It could not be proven in time, so the others went on without it and keep it out: ${
          message ?? 'it did not say why.'
        }`.slice(0, 1_024),
      }),
    ),
  );
}
