import type { StoredRotation } from '#core/store/operations/rotations.ts';
import { armNodes, commitAgain, commitNodes, quietMs, restartInstant } from './commit-nodes.ts';
import type { Connections } from './connections.ts';
import { insideOf } from './fences.ts';
import { destroySealed, finishNodes, takeBack } from './finish-nodes.ts';
import type { RotationJournal } from './journal.ts';
import {
  EMERGENCY_LIMITS,
  type RotationLimits,
  type RotationParts,
  sealedNameOf,
  USUAL_LIMITS,
} from './parts.ts';
import { Proofs } from './proofs.ts';
import { putOut, trialMs } from './put-out.ts';
import { type HeldSecret, secretOf } from './secret.ts';
import { stageNodes } from './stage-nodes.ts';
import { verifyNodes } from './verify-nodes.ts';

/** A node that says no to its commit is asked again so often; in milliseconds. */
const AGAIN_MS = 1_000;

/** Whether another console has given nodes of this rotation a newer secret since: its own is burned. */
export const isSuperseded = ({ nodes }: Pick<StoredRotation, 'nodes'>): boolean =>
  nodes.some(({ state }) => state === 'superseded');

/** Whether a stage stands behind the decision: from there on there is no way back. */
export const isDecided = ({ stage }: Pick<StoredRotation, 'stage'>): boolean =>
  !['planned', 'generated', 'staged', 'aborted'].includes(stage);

export function limitsOf(parts: RotationParts, { plan }: StoredRotation): RotationLimits {
  return { ...(plan.emergency ? EMERGENCY_LIMITS : USUAL_LIMITS), ...parts.limits };
}

/** What one run works with. */
export interface Running {
  parts: RotationParts;
  journal: RotationJournal;
  connections: Connections;
  /** Whose secret nodes are given that join; null for a new one. */
  from: string | null;
  /** What nodes proved when they were brought to the new secret; a run that begins later asks them again. */
  proofs?: Proofs;
  /** A person asked to take it back. */
  wantsAbort(): boolean;
}

/**
 * Brings a rotation as far as it goes: from the stage that its journal names to the end, or to where it has to wait. Every step may be done
 * again, so it does not matter where a former run was cut off. Throws only when the journal cannot be written.
 */
export async function runRotation(running: Running): Promise<void> {
  const { parts, journal, from } = running;
  const limits = limitsOf(parts, journal.rotation);
  // Begun, and cut off: some nodes have only their old secret by now.
  if (journal.rotation.takesBack !== null && !isDecided(journal.rotation))
    return abort(running, limits, journal.rotation.takesBack);
  // Before the secret is asked for: to take it back needs none, and it may be locked, or lost.
  if (running.wantsAbort() && !isDecided(journal.rotation))
    return abort(running, limits, 'You took it back.');
  const had = await secretOf(parts, journal.rotation, from);
  if (!had.ok) {
    await journal.set({ waits: had.locked ? 'unlock' : 'nodes', error: had.message.slice(0, 2_048) });
    return;
  }
  try {
    if (journal.rotation.waits !== null || journal.rotation.error !== null)
      await journal.set({ waits: null, error: null });
    while (journal.rotation.endedAt === null) {
      if (running.wantsAbort() && !isDecided(journal.rotation))
        return await abort(running, limits, 'You took it back.');
      const waits = await nextStage(running, had.secret, limits);
      if (waits !== null) {
        await journal.set({ waits: waits.for, error: waits.message.slice(0, 2_048) });
        return;
      }
    }
  } finally {
    had.secret.wipe();
  }
}

interface Waits {
  for: NonNullable<StoredRotation['waits']>;
  message: string;
}

/** One stage further. @returns why it has to wait; null when it goes on */
async function nextStage(
  running: Running,
  secret: HeldSecret,
  limits: RotationLimits,
): Promise<Waits | null> {
  const { parts, journal, connections } = running;
  const waitForNodes = (message: string | null): Waits | null =>
    message === null ? null : { for: 'nodes', message };
  switch (journal.rotation.stage) {
    case 'planned':
      await journal.to('generated');
      return null;
    case 'generated': {
      const prepared = await stageNodes(journal, connections, secret, limits);
      if (prepared.how === 'hold') return { for: 'fence', message: prepared.message };
      if (prepared.how === 'refused') await abort(running, limits, prepared.message);
      else await journal.to('staged');
      return null;
    }
    case 'staged':
      await journal.to('decided', {
        restartsAt: restartInstant(journal, limits, parts.clock.now().getTime()),
      });
      return null;
    case 'decided': {
      if (givenTo(journal).length === 0) await tryAllAgain(journal);
      await armNodes(parts, journal, connections);
      await until(parts, journal.rotation.restartsAt, quietMs(journal, limits));
      running.proofs = new Proofs();
      const trouble = await commitAll(running, secret, limits, running.proofs);
      if (trouble !== null) return waitForNodes(trouble);
      if (givenTo(journal).length === 0 && !isSuperseded(journal.rotation))
        return waitForNodes('No node answers any more. Those that were told restart by themselves.');
      await journal.to('committed');
      return null;
    }
    case 'committed': {
      const again = (node: string) =>
        commitAgain(parts, journal, connections, node, secret, limits.settleMs / 3);
      const known = running.proofs;
      const patience = trialMs(journal, limits);
      const unproven = await verifyNodes(journal, connections, secret, patience, { known, again });
      if (unproven !== null) {
        const left = givenTo(journal).filter(({ state }) => state !== 'verified');
        // Where not one is proven, it is not the node that is wrong.
        if (left.length === givenTo(journal).length) return waitForNodes(unproven);
        await putOut(journal, left);
      }
      await journal.to('verified');
      return null;
    }
    case 'verified': {
      const left = await finishNodes(journal, connections, limits.awayMs);
      if (left?.for === 'fence')
        return { ...left, message: `A fence could not be eased. It stays as it is. ${left.message}` };
      if (left !== null)
        return { ...left, message: `The old secret could not be destroyed everywhere. ${left.message}` };
      const own = sealedNameOf(journal.rotation.id);
      const kept = await destroySealed(parts, (name) => name !== own);
      if (kept !== null) return waitForNodes(`The old secret could not be destroyed here. ${kept}`);
      await journal.to('old-destroyed');
      return null;
    }
    case 'old-destroyed':
      await journal.to('done');
      return null;
    default:
      throw new Error('A rotation at rest does not run');
  }
}

/** Nodes that this rotation gives its secret to, without those that were lost on the way. */
const givenTo = ({ rotation }: RotationJournal) => insideOf(rotation).filter(({ part }) => part !== 'keeps');

/** Brings every node to the secret, those that say no again until their time is over; then the others go on without them. */
async function commitAll(
  { parts, journal, connections }: Running,
  secret: HeldSecret,
  limits: RotationLimits,
  proofs: Proofs,
): Promise<string | null> {
  const over = performance.now() + trialMs(journal, limits);
  for (;;) {
    const trouble = await commitNodes(parts, journal, connections, secret, limits, proofs);
    if (trouble === null) return null;
    if (performance.now() > over) {
      const left = givenTo(journal).filter(({ state }) => state === 'staged' || state === 'armed');
      if (left.length === givenTo(journal).length) return trouble;
      await putOut(journal, left);
      return null;
    }
    await new Promise<void>(
      (resolve) => void parts.clock.after(Math.min(AGAIN_MS, limits.settleMs), resolve),
    );
  }
}

/** All were lost after the decision: the rotation needs one of them at least. */
async function tryAllAgain(journal: RotationJournal): Promise<void> {
  const lost = journal.rotation.nodes.filter(({ state, stagedAt }) => state === 'away' && stagedAt !== null);
  await Promise.all(lost.map(({ node }) => journal.mark(node, { state: 'staged' })));
}

/** Takes back what was staged. Nothing was in force anywhere. */
async function abort(
  { parts, journal, connections }: Running,
  limits: RotationLimits,
  why: string,
): Promise<void> {
  await journal.set({ takesBack: why.slice(0, 2_048) });
  await takeBack(journal, connections, limits.awayMs);
  const own = sealedNameOf(journal.rotation.id);
  await destroySealed(parts, (name) => name === own);
  await journal.to('aborted', { error: why.slice(0, 2_048), waits: null });
}

async function until(parts: RotationParts, instant: string | null, laterMs: number): Promise<void> {
  const ms = Date.parse(instant ?? '') + laterMs - parts.clock.now().getTime();
  if (ms > 0) await new Promise<void>((resolve) => void parts.clock.after(ms, resolve));
}
