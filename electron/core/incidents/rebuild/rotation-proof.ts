import type { RotationRun } from '#shared/domain/rotation/run.ts';
import type { NodeNow } from './rebuilding.ts';

const DECIDED: ReadonlySet<RotationRun['stage']> = new Set([
  'decided',
  'committed',
  'verified',
  'old-destroyed',
  'done',
]);

/**
 * Whether a node has the secret that is in force, by the newest rotation that was decided; what an older one proved is of a secret that is
 * burned.
 * @param runs newest first
 * @returns null where no rotation of this console is known
 */
export function secretProof(runs: readonly RotationRun[], node: string): NodeNow['secret'] {
  const newest = runs.find(({ stage }) => DECIDED.has(stage));
  if (newest === undefined) return null;
  const its = newest.nodes.find((one) => one.node === node);
  const isInForce =
    its !== undefined && its.state === 'verified' && its.newProven === true && its.oldRefused !== false;
  return { isInForce, provenAt: isInForce ? its.verifiedAt : null };
}
