import type { RotationPlan } from '#shared/domain/rotation/plan.ts';
import type { RotationNode, RotationRun } from '#shared/domain/rotation/run.ts';

type Stage = RotationRun['stage'];

const DECIDED: readonly Stage[] = ['decided', 'committed', 'verified', 'old-destroyed', 'done'];

/**
 * A rotation as it stands at a stage, decided eight seconds after it began. At `decided` two nodes accept the new secret, and the others restart.
 * @param began milliseconds
 */
export function runAt(plan: RotationPlan, stage: Stage, began: number): RotationRun {
  const zero = began + 8_000;
  const iso = (seconds: number): string => new Date(zero + seconds * 1_000).toISOString();
  const isDecided = DECIDED.includes(stage);
  const isOver = stage === 'done' || stage === 'aborted';
  const nodes = plan.nodes.map((node, index) => nodeAt(node, index, stage, iso));
  const rotating = nodes.filter(({ part }) => part === 'rotates');
  const left = nodes.filter(({ part }) => part === 'away' || part === 'excluded').map(({ name }) => name);
  const last = rotating.reduce((most, _, index) => Math.max(most, endOf(index)), 0);
  const all = stage !== 'decided' && isDecided;
  return {
    id: plan.id,
    hash: plan.hash,
    purpose: plan.purpose,
    emergency: plan.emergency,
    title: plan.title,
    stage,
    startedAt: new Date(began).toISOString(),
    endedAt: isOver ? iso(6) : null,
    nodes,
    strangers: plan.strangers,
    restartsAt: isDecided ? iso(0) : null,
    split: isDecided
      ? {
          fromAt: iso(0.9),
          toAt: all ? iso(last) : null,
          milliseconds: all ? Math.round((last - 0.9) * 1_000) : null,
        }
      : null,
    waits: null,
    sentence: sentenceAt(stage, rotating.length, left),
    error: null,
    canAbort: stage === 'planned' || stage === 'generated' || stage === 'staged',
    canResume: false,
  };
}

const startOf = (index: number): number => Math.min(index * 0.15, 0.6);
const endOf = (index: number): number => 0.9 + (index % 7) * 0.25;

function nodeAt(
  { node, name, part, why, skewMs }: RotationPlan['nodes'][number],
  index: number,
  stage: Stage,
  iso: (seconds: number) => string,
): RotationNode {
  const none = {
    node,
    name,
    part,
    skewMs,
    message: why === '' ? null : why,
    stagedAt: null,
    committedAt: null,
    acceptsSince: null,
    verifiedAt: null,
    oldRefused: null,
    newProven: null,
  };
  if (part === 'away' || part === 'excluded' || part === 'removed') return { ...none, state: part };
  if (stage === 'aborted') return { ...none, state: 'taken-back' };
  if (stage === 'planned' || stage === 'generated')
    return { ...none, state: index === 0 ? 'fenced' : 'waiting' };
  const staged = { ...none, stagedAt: iso(-3) };
  if (stage === 'staged') return { ...staged, state: 'staged' };
  const restarted = { ...staged, committedAt: iso(startOf(index)) };
  if (stage === 'decided' && index > 1) return { ...restarted, state: 'committed' };
  return {
    ...restarted,
    state: stage === 'committed' ? 'committed' : 'verified',
    acceptsSince: iso(endOf(index)),
    verifiedAt: iso(endOf(index) + 0.4),
    oldRefused: true,
    newProven: true,
  };
}

function sentenceAt(stage: Stage, count: number, left: readonly string[]): string {
  const rest =
    left.length === 0
      ? ''
      : ` ${left.join(', ')} ${left.length === 1 ? 'was' : 'were'} left out and ${left.length === 1 ? 'is' : 'are'} kept out.`;
  switch (stage) {
    case 'planned':
    case 'generated':
      return 'The nodes are being fenced off from strangers.';
    case 'staged':
      return `All ${count} nodes have the new secret beside the old one. Nothing is decided yet.`;
    case 'decided':
      return 'The nodes restart with the new secret; not all accept it yet.';
    case 'committed':
    case 'verified':
    case 'old-destroyed':
      return 'Every node has the new secret in place; it is being proven.';
    case 'aborted':
      return 'It was taken back. Every node has the secret that it had.';
    case 'done':
      return `${count} nodes have the new secret, and the old one is refused.${rest}`;
  }
}
