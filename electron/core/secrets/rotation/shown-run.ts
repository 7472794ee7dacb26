import type { StoredRotation } from '#core/store/operations/rotations.ts';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import { isDecided, isSuperseded } from './run.ts';

/** @returns a rotation as it may be shown: never more than is proven, and nothing of a secret */
export function shownRun(rotation: StoredRotation, isRunning: boolean): RotationRun {
  const { id, plan, stage, startedAt, endedAt, nodes, strangers, restartsAt, waits, error } = rotation;
  return {
    id,
    hash: plan.hash,
    purpose: plan.purpose,
    emergency: plan.emergency,
    title: plan.title,
    stage,
    startedAt,
    endedAt,
    nodes: nodes.map(({ place: _, fence: __, keepsOld: ___, ...node }) => node),
    strangers,
    restartsAt,
    split: splitOf(rotation),
    waits,
    sentence: sentenceOf(rotation),
    error,
    canAbort: endedAt === null && !isDecided(rotation),
    canResume:
      !isRunning &&
      (endedAt === null ||
        (stage === 'done' && !isSuperseded(rotation) && nodes.some(({ state }) => state === 'away'))),
  };
}

/** From the first to the last node that accepts the new secret. */
function splitOf({ nodes }: StoredRotation): RotationRun['split'] {
  const since = nodes.flatMap(({ acceptsSince }) =>
    acceptsSince === null ? [] : [Date.parse(acceptsSince)],
  );
  if (since.length === 0) return null;
  const [first, last] = [Math.min(...since), Math.max(...since)];
  const isWhole = nodes.every(
    ({ part, state, acceptsSince }) =>
      part !== 'rotates' || acceptsSince !== null || state === 'away' || state === 'excluded',
  );
  return {
    fromAt: new Date(first).toISOString(),
    toAt: isWhole ? new Date(last).toISOString() : null,
    milliseconds: isWhole ? last - first : null,
  };
}

/** Those that this rotation gives its secret to; who keeps it from before is no merit of this one. */
const givenTo = ({ nodes }: StoredRotation) => nodes.filter(({ part }) => part !== 'keeps');

function leftOf({ nodes }: StoredRotation): string[] {
  return nodes.filter(({ state }) => state === 'away' || state === 'excluded').map(({ name }) => name);
}

/** What proven nodes were seen to refuse; one that was asked by a node without an old secret was asked with a random one. */
function refusedOf(rotation: StoredRotation): string {
  const proven = givenTo(rotation).filter(({ state }) => state === 'verified');
  const old = proven.filter(({ oldRefused }) => oldRefused === true).length;
  if (old === proven.length) return 'the old one is refused';
  if (old === 0) return 'a random one is refused';
  return `the old one is refused by ${old} of them, a random one by the others`;
}

const count = (amount: number) => (amount === 1 ? '1 node' : `${amount} nodes`);

function sentenceOf(rotation: StoredRotation): string {
  const { stage, error, waits } = rotation;
  const nodes = givenTo(rotation);
  const verified = nodes.filter(({ state }) => state === 'verified').length;
  const newer = nodes.filter(({ state }) => state === 'superseded');
  const left = leftOf(rotation);
  const names =
    left.length > 4 ? `${left.slice(0, 4).join(', ')} and ${left.length - 4} more` : left.join(', ');
  const out =
    left.length === 0 ? '' : ` ${names} ${left.length === 1 ? 'is' : 'are'} kept out until rotated.`;
  if (stage === 'aborted')
    return `Nothing was changed: every node has the secret that it had. ${error ?? ''}`
      .trim()
      .slice(0, 1_024);
  if (stage === 'done' && newer.length > 0)
    return `Another console has rotated since: ${newer[0]?.name}${
      newer.length === 1 ? ' has' : ` and ${newer.length - 1} more have`
    } its newer secret, and this one is over. Plan a new rotation to have one that this console knows.`.slice(
      0,
      1_024,
    );
  if (stage === 'done')
    return `${count(verified)} proven with the new secret, and ${refusedOf(rotation)}.${out}`.slice(0, 1_024);
  if (waits === 'unlock') return 'It waits for the place where this console keeps secrets to be opened.';
  if (waits === 'fence' && !isDecided(rotation))
    return 'It waits: on one node it could not be verified that strangers are kept out. Every node has its old secret.';
  if (!isDecided(rotation))
    return 'The new secret is being put beside the old one. Every node still has its old secret in force.';
  if (waits !== null)
    return `It was decided and goes on; ${verified} of ${count(nodes.length)} proven so far. ${error ?? ''}`
      .trim()
      .slice(0, 1_024);
  return `It was decided and only goes forward; ${verified} of ${count(nodes.length)} proven so far.${out}`.slice(
    0,
    1_024,
  );
}
