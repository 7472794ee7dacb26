import type { RotationPlan, RotationPreflight } from '#shared/domain/rotation/plan.ts';
import type { RotationNodeState, RotationRun } from '#shared/domain/rotation/run.ts';
import { visible } from '#shared/domain/text.ts';

const PART: Readonly<Record<RotationPreflight['part'], string>> = {
  rotates: 'gets the new secret',
  away: 'away',
  excluded: 'left out',
  removed: 'leaves the swarm',
  blocked: 'cannot be rotated',
  keeps: 'has the secret already',
};

const STATE: Readonly<Record<RotationNodeState, string>> = {
  waiting: 'waiting',
  fenced: 'strangers kept out',
  staged: 'new secret beside the old one',
  armed: 'restarts at the instant',
  committed: 'restarted, not proven yet',
  verified: 'proven',
  away: 'away, kept out',
  excluded: 'left out, kept out',
  removed: 'left the swarm',
  'taken-back': 'as it was',
  superseded: 'has a newer secret, from another console',
};

/** @returns a plan as a person reads it before agreeing; lines end with a line feed */
export function planWords(plan: RotationPlan): string {
  const lines = plan.nodes.map(
    ({ name, part, why }) => `  ${name}: ${PART[part]}${why === '' ? '' : `. ${why}`}`,
  );
  const strangers = plan.strangers.map(
    ({ name, address }) => `  ${name} (${address}): not on your list, fenced off`,
  );
  const { stage, split, total } = plan.seconds;
  if (plan.purpose === 'open-fence')
    return text([
      plan.title,
      ...lines,
      ...plan.strangers.map(
        ({ name, address }) => `  ${name} (${address}): not on your list, within reach again`,
      ),
      'No secret changes, and nothing restarts. mycoSwarm sends the secret to whoever announces itself as a node.',
      ...(plan.blocked === null ? [] : [plan.blocked]),
    ]);
  return text([
    `${plan.title}${plan.emergency ? ', as an emergency' : ''}`,
    ...lines,
    ...strangers,
    `About ${Math.ceil(total)} seconds: ${Math.ceil(stage)} to put it beside the old one everywhere, and for ${Math.ceil(split)} nodes may refuse each other.`,
    'Until the decision it can be taken back; after that it only goes forward.',
    ...(plan.blocked === null ? [] : [plan.blocked]),
  ]);
}

/** @returns a rotation as it stands; lines end with a line feed */
export function runWords(run: RotationRun): string {
  const nodes = run.nodes.map(
    ({ name, state, message }) => `  ${name}: ${STATE[state]}${message === null ? '' : `. ${message}`}`,
  );
  const split =
    run.split?.milliseconds === undefined || run.split.milliseconds === null
      ? []
      : [
          `Between the first and the last node that took the new secret: ${Math.round(run.split.milliseconds)} ms.`,
        ];
  return text([run.sentence, ...nodes, ...split]);
}

/** @returns whom the nodes of the last rotation keep out, and how that ends */
export function fencedWords({ strangers }: RotationRun): string {
  return text([
    'These announced themselves and are not on your list; no node of the swarm reaches them:',
    ...strangers.map(({ name, address }) => `  ${name} (${address})`),
    'Once you know them: swarmkeep rotate --open-fence',
  ]);
}

/** @returns where it is, on one line */
export function progressWords({ stage, nodes: all }: RotationRun): string {
  const nodes = all.filter(({ part }) => part !== 'keeps');
  const proven = nodes.filter(({ state }) => state === 'verified').length;
  const staged = nodes.filter(({ stagedAt }) => stagedAt !== null).length;
  if (stage === 'planned' || stage === 'generated')
    return `New secret beside the old one on ${staged} of ${nodes.length}`;
  return `Proven on ${proven} of ${nodes.length}`;
}

const text = (lines: readonly string[]) => `${lines.map(visible).join('\n')}\n`;
