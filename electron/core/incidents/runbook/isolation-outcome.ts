import type { StepProof } from '#shared/domain/incident/incident.ts';
import type { IsolatedNode, Isolation } from '#shared/domain/incident/isolation.ts';
import { isSeenShut, lackingOf } from '#shared/domain/incident/isolation-proof.ts';

/** What an isolation means for its step. */
export type StepOutcome =
  | { outcome: 'done'; proof: StepProof; words: string }
  | { outcome: 'failed'; words: string }
  | { outcome: 'under-way' };

/** States in which nothing is settled yet. */
const OPEN: ReadonlySet<IsolatedNode['state']> = new Set(['asked', 'armed', 'cut']);

/**
 * Whether the nodes of an isolation are shut off, as far as it is proven. The worst node decides.
 * @returns `under-way` while that is not known yet
 */
export function isolateOutcome(isolation: Isolation): StepOutcome {
  const { nodes, isBusy } = isolation;
  const words = nodes.map(({ message }) => message).join(' ');
  const is = (...states: IsolatedNode['state'][]) => nodes.some(({ state }) => states.includes(state));
  if (nodes.length === 0) return { outcome: 'failed', words: 'No node took part in it.' };
  if (is('failed')) return { outcome: 'failed', words };
  // A node that lies is held by its peers or by nobody.
  if (nodes.some((node) => node.state === 'lying' && !isHeldByPeers(node)))
    return { outcome: 'failed', words };
  if (isBusy && nodes.some(({ state }) => OPEN.has(state))) return { outcome: 'under-way' };
  if (is('stepped-down', 'released')) return { outcome: 'failed', words };
  if (is('asked', 'armed', 'cut')) return { outcome: 'under-way' };
  // `confirmed`: not all of it holds; peers alone are not the node.
  if (is('lying', 'contained-by-peers', 'confirmed', 'releasing'))
    return { outcome: 'done', proof: 'part', words };
  // What a node says of itself is no proof: somebody outside of it has to have seen that it answers nothing.
  if (nodes.every((node) => isSeenShut(node) && lackingOf(node).length === 0))
    return { outcome: 'done', proof: 'proven', words };
  if (isBusy) return { outcome: 'under-way' };
  return { outcome: 'done', proof: 'part', words: `${words} Nobody could try it from outside.` };
}

const isHeldByPeers = ({ layers }: IsolatedNode) =>
  layers.some(({ layer, is }) => layer === 'peer' && (is === 'holds' || is === 'partly'));

/** Whether the nodes of an isolation are open again. Only `released` is: everything else still holds something. */
export function releaseOutcome(isolation: Isolation): StepOutcome {
  const { nodes, isBusy } = isolation;
  const words = nodes.map(({ message }) => message).join(' ');
  if (nodes.every(({ state }) => state === 'released')) {
    const isPart = nodes.some(
      ({ setUpAnew, layers }) =>
        setUpAnew || layers.some(({ layer, is }) => layer === 'peer' && is !== 'lifted'),
    );
    return { outcome: 'done', proof: isPart ? 'part' : 'proven', words };
  }
  if (isBusy) return { outcome: 'under-way' };
  return { outcome: 'failed', words: words || 'It was not taken back.' };
}
