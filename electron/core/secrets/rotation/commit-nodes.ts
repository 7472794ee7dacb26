import type { StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { SecretProgress } from '#shared/domain/helper/secret.ts';
import type { Connections } from './connections.ts';
import { insideOf } from './fences.ts';
import type { RotationJournal } from './journal.ts';
import type { RotationLimits, RotationParts } from './parts.ts';
import { askersOf, type Proofs, verifyAct } from './proofs.ts';
import type { HeldSecret } from './secret.ts';
import { stageNode } from './stage-nodes.ts';

/** Arming starts the helper once and what waits besides, staging starts it twice and loads the fence: it takes nine tenths of that time. */
const ARMING_FACTOR = 0.9;
const MOST_LEAD_MS = 60_000;
/** So long after the instant a node that is being told is waited for; in milliseconds. */
const ARMING_MS = 30_000;
/** For each node that restarts; one computer that holds many of them needs it. */
const QUIET_MS = 30;

/**
 * When all nodes restart, decided once: late enough that every one can be told before.
 * @returns an instant in the console's own time
 */
export function restartInstant(journal: RotationJournal, limits: RotationLimits, now: number): string {
  const staging = journal.rotation.stagingMs ?? 0;
  const lead = Math.min(MOST_LEAD_MS, Math.max(limits.leadMs, staging * ARMING_FACTOR));
  return new Date(now + lead).toISOString();
}

/** Tells every node the instant, each in its own clock. One that cannot be told is committed afterwards. */
export async function armNodes(
  { clock }: Pick<RotationParts, 'clock'>,
  journal: RotationJournal,
  connections: Connections,
): Promise<void> {
  const at = Date.parse(journal.rotation.restartsAt ?? '');
  await Promise.all(
    insideOf(journal.rotation)
      .filter(({ state }) => state === 'staged')
      .map(async (node) => {
        if (node.place === null) return;
        const { unit, port } = node.place;
        const local = Math.max(0, Math.round(at + (node.skewMs ?? 0)));
        const rotation = journal.rotation.id;
        // One that hangs must not keep the console from what comes at that instant; it is committed afterwards.
        const limitMs = Math.max(0, at - clock.now().getTime()) + ARMING_MS;
        const act = { act: 'arm', rotation, unit, port, at: local } as const;
        const said = await connections.ask(node.node, act, 0, limitMs);
        if (said.how === 'answered') await journal.mark(node.node, { state: 'armed' });
      }),
  );
}

/**
 * How long nodes are left alone from their instant on: they restart then, all at once, and what is asked of them meanwhile only slows them down.
 * @returns milliseconds
 */
export function quietMs(journal: RotationJournal, limits: RotationLimits): number {
  return Math.min(limits.leadMs, QUIET_MS * insideOf(journal.rotation).length);
}

/**
 * Brings every node to the new secret, by its own record: what is done is noted, what is not is done now. Nodes that do not answer in time are
 * away from here on, and finished when they are back; whether mycoSwarm answers there is left to the proof. What they prove on the way is kept
 * in `proofs`.
 * @returns why one that answers could not be brought there; null when all were
 */
export async function commitNodes(
  parts: RotationParts,
  journal: RotationJournal,
  connections: Connections,
  secret: HeldSecret,
  limits: RotationLimits,
  proofs: Proofs,
): Promise<string | null> {
  const inside = insideOf(journal.rotation).filter(({ part }) => part !== 'keeps');
  const askers = askersOf(inside, inside);
  const troubles = await Promise.all(
    inside
      .filter(({ state }) => state === 'staged' || state === 'armed')
      .map(({ node }) =>
        commitNode(parts, journal, connections, node, secret, limits.settleMs, {
          proofs,
          others: askers.get(node) ?? [],
        }),
      ),
  );
  return troubles.find((one) => one !== null) ?? null;
}

/** As {@link commitNodes}, for one. */
export async function commitNode(
  parts: RotationParts,
  journal: RotationJournal,
  connections: Connections,
  id: string,
  secret: HeldSecret,
  patienceMs: number,
  proving: { proofs: Proofs; others: readonly StoredRotationNode[] } | null = null,
): Promise<string | null> {
  const { place, name } = journal.node(id);
  if (place === null) throw new RangeError(`Nothing is known of ${id}`);
  const { unit, port } = place;
  const act = { act: 'commit', rotation: journal.rotation.id, unit, port } as const;
  for (let staged = false; ; staged = true) {
    await parts.fault?.(`commit ${id}`);
    const verify = proving === null ? null : verifyAct(journal.rotation.id, journal.node(id), proving.others);
    const [said, verified] = await connections.askAll(
      id,
      [act, ...(verify === null ? [] : [verify])],
      patienceMs,
    );
    if (said.how === 'lost') {
      const message = `It has the new secret beside the old one and does not answer: ${said.failure.message}`;
      await journal.mark(id, { state: 'away', message: message.slice(0, 1_024) });
      return null;
    }
    if (said.how === 'answered') {
      await noteCommitted(journal, id, said.answer);
      if (proving !== null && verify !== null && verified?.how === 'answered')
        proving.proofs.take(journal.node(id), verify, verified.answer, secret, proving.others);
      return null;
    }
    if (said.refused.refusal === 'superseded') {
      await markSuperseded(journal, id);
      return null;
    }
    // Somebody there took the staged file away or changed it: it is put there once more.
    const isGone = said.refused.refusal === 'changed-since' || said.refused.refusal === 'unknown-change';
    const again =
      isGone && !staged ? await stageNode(journal, connections, journal.node(id), secret, patienceMs) : null;
    if (again?.how === 'answered') continue;
    if (again?.how === 'refused' && again.refused.refusal === 'superseded') {
      await markSuperseded(journal, id);
      return null;
    }
    await journal.mark(id, { message: said.refused.message.slice(0, 1_024) });
    return `${name}: ${said.refused.message}`;
  }
}

/** Another console has rotated since: its secret is in force there, and this one is burned. */
export async function markSuperseded(journal: RotationJournal, id: string): Promise<void> {
  const message = 'A later rotation has given it a newer secret since.';
  await journal.mark(id, { state: 'superseded', keepsOld: false, fence: 'none', message });
}

/**
 * Gives a node the new secret once more, whose file has another one: somebody there wrote over it. It restarts with it at once.
 * What comes of it is seen by who asks it next.
 */
export async function commitAgain(
  parts: RotationParts,
  journal: RotationJournal,
  connections: Connections,
  id: string,
  secret: HeldSecret,
  patienceMs: number,
): Promise<void> {
  const staged = await stageNode(journal, connections, journal.node(id), secret, patienceMs);
  if (staged.how === 'refused' && staged.refused.refusal === 'superseded') return markSuperseded(journal, id);
  if (staged.how === 'answered') await commitNode(parts, journal, connections, id, secret, patienceMs);
}

async function noteCommitted(journal: RotationJournal, id: string, progress: SecretProgress): Promise<void> {
  const { skewMs } = journal.node(id);
  const here = (instant: string | null) =>
    instant === null ? null : new Date(Date.parse(instant) - (skewMs ?? 0)).toISOString();
  const fields: Partial<StoredRotationNode> = {
    state: 'committed',
    committedAt: here(progress.committedAt),
    acceptsSince: here(progress.acceptsSince),
    message: progress.acceptsSince === null ? 'mycoSwarm does not answer since its restart.' : null,
  };
  await journal.mark(id, fields);
}
