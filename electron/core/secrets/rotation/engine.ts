import type { RotationPlace, StoredRotation, StoredRotationNode } from '#core/store/operations/rotations.ts';
import type { RotationPart, RotationPlan } from '#shared/domain/rotation/plan.ts';
import { Connections } from './connections.ts';
import { currentOf } from './current.ts';
import { takeBack } from './finish-nodes.ts';
import { RotationJournal } from './journal.ts';
import { finishLateNodes } from './late-nodes.ts';
import { LateTries } from './late-tries.ts';
import { keepsStrangersOut, openFence } from './open-fence.ts';
import type { RotationParts } from './parts.ts';
import { reachedFirst } from './preflight.ts';
import { isDecided, limitsOf, runRotation } from './run.ts';
import { newNonce, secretOf } from './secret.ts';

/** Why a rotation could not be begun, resumed or taken back. */
export type RotationRefusal = 'busy' | 'unknown' | 'decided' | 'at-rest';

/** One that goes on just now. */
interface Run {
  id: string;
  journal: RotationJournal;
  abort: boolean;
  done: Promise<void>;
}

/** Keeps one rotation going, and finishes nodes of earlier ones that come back. */
export class RotationEngine {
  readonly #parts: RotationParts;
  #running: Run | null = null;
  #tending: Promise<void> | null = null;
  /** The connections of what is being tended. */
  #tends: Connections | null = null;
  /** Rotations that are about to begin: what is tended gives way to them. */
  #beginning = 0;
  #offTimer: (() => void) | null = null;
  #offSealed: (() => void) | null = null;
  #closed = false;
  readonly #tries: LateTries;

  constructor(parts: RotationParts) {
    this.#parts = parts;
    this.#tries = new LateTries(parts.clock);
  }

  /** Goes on with what a console before this one left in the middle, and looks for nodes that are away from time to time. */
  async recover(): Promise<void> {
    const open = await this.#parts.store.openRotations();
    const middle = open.find(({ endedAt }) => endedAt === null);
    if (middle !== undefined) this.#run(middle, null);
    this.#offSealed = this.#parts.sealed.onState(({ is }) => {
      if (is === 'open') void this.tend();
    });
    this.#later();
  }

  /**
   * Begins a plan that a person agreed to.
   * @param spare connections of its preflight, which are used on or closed
   * @returns the rotation, which runs on by itself
   */
  async begin(
    plan: RotationPlan,
    places: ReadonlyMap<string, RotationPlace>,
    spare: Connections | null = null,
  ): Promise<StoredRotation | RotationRefusal> {
    this.#beginning += 1;
    const began = await this.#begin(plan, places, spare)
      .catch(async (error: unknown) => {
        await spare?.close();
        throw error;
      })
      .finally(() => {
        this.#beginning -= 1;
      });
    if (typeof began === 'string') await spare?.close();
    return began;
  }

  async #begin(
    plan: RotationPlan,
    places: ReadonlyMap<string, RotationPlace>,
    spare: Connections | null,
  ): Promise<StoredRotation | RotationRefusal> {
    if (this.#running !== null) return 'busy';
    // A late node of an earlier rotation must not be given its secret after this one has given a newer one.
    this.#tends?.hurry();
    await this.#tending;
    if (this.#running !== null) return 'busy';
    const known = await this.#parts.store.rotationsBefore({ before: null, limit: 8 });
    const former = known.map(({ id }) => id);
    const rotation = first(plan, places, this.#parts.clock.now().toISOString(), former);
    await this.#parts.fault?.('before planned');
    const begun = await this.#parts.store.beginRotation({ rotation });
    if (begun === 'busy') return 'busy';
    await this.#parts.fault?.('after planned');
    if (begun === 'known') return 'at-rest';
    this.#parts.changed(rotation);
    this.#parts.told(rotation, { kind: 'stage' });
    if (!this.#run(rotation, `For: ${plan.title}`, { spare })) await spare?.close();
    return rotation;
  }

  /**
   * Lets go of the strangers that the rotation in force keeps out, as a person agreed to.
   * @returns that rotation, once all nodes that answer were told
   */
  async openFence(plan: RotationPlan): Promise<StoredRotation | RotationRefusal> {
    this.#beginning += 1;
    try {
      this.#tends?.hurry();
      await this.#tending;
      if (this.#running !== null) return 'busy';
      const known = await this.#parts.store.rotationsBefore({ before: null, limit: 100 });
      const rotation = known.find(({ id }) => id === currentOf(known, null));
      if (rotation === undefined || !keepsStrangersOut(rotation)) return 'at-rest';
      // What was shown and agreed to, and nobody besides.
      if (JSON.stringify(rotation.strangers) !== JSON.stringify(plan.strangers)) return 'unknown';
      const { actMs, awayMs } = limitsOf(this.#parts, rotation);
      const journal = new RotationJournal(this.#parts, rotation);
      const connections = new Connections(this.#parts, rotation.id, `For: ${plan.title}`, actMs);
      await openFence(journal, connections, awayMs).finally(() => connections.close());
      return journal.rotation;
    } finally {
      this.#beginning -= 1;
    }
  }

  /** Lets one that stands still go on. */
  async resume(id: string): Promise<StoredRotation | RotationRefusal> {
    if (this.#running?.id === id) return this.#running.journal.rotation;
    const rotation = await this.#parts.store.rotation({ id });
    if (rotation === null) return 'unknown';
    if (rotation.endedAt === null) {
      // Somebody else may have made it go on while it was read.
      this.#run(rotation, `For: ${rotation.plan.title}`);
      return this.#running?.id === id ? this.#running.journal.rotation : 'busy';
    }
    if (rotation.stage === 'aborted') return 'at-rest';
    // Only those that are away: whom the operator left out is let in by a plan of its own, with consent.
    this.#tries.forget();
    await this.tend();
    return (await this.#parts.store.rotation({ id })) ?? 'unknown';
  }

  /** Takes one back, before its decision. */
  async abort(id: string): Promise<StoredRotation | RotationRefusal> {
    const rotation =
      this.#running?.id === id ? this.#running.journal.rotation : await this.#parts.store.rotation({ id });
    if (rotation === null) return 'unknown';
    if (rotation.endedAt !== null) return 'at-rest';
    if (isDecided(rotation)) return 'decided';
    // One that goes on already, or began to while this one was read, is told.
    this.#run(rotation, null, { abort: true });
    const running: Run | null = this.#running;
    if (running?.id !== id) return 'busy';
    running.abort = true;
    await running.done;
    return (await this.#parts.store.rotation({ id })) ?? 'unknown';
  }

  isRunning(id: string): boolean {
    return this.#running?.id === id;
  }

  /** Settles when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running?.done;
    await this.#tending;
  }

  /** Looks for nodes that are away, and goes on with what waits. */
  tend(): Promise<void> {
    this.#tending ??= this.#tend().finally(() => {
      this.#tending = null;
    });
    return this.#tending;
  }

  /** Stops looking, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#offTimer?.();
    this.#offSealed?.();
    await this.idle();
  }

  /** Makes one go on, unless one does already: two would write one journal. @returns whether it does by this */
  #run(
    rotation: StoredRotation,
    ask: string | null,
    { abort = false, spare = null }: { abort?: boolean; spare?: Connections | null } = {},
  ): boolean {
    if (this.#running !== null) return false;
    const parts = this.#parts;
    const journal = new RotationJournal(parts, rotation);
    const connections = new Connections(parts, rotation.id, ask, limitsOf(parts, rotation).actMs);
    const release = parts.sealed.hold();
    const running = { id: rotation.id, journal, abort, done: Promise.resolve() };
    this.#running = running;
    const work = this.#from(rotation).then(async (from) => {
      if (spare !== null) await connections.adopt(spare);
      return runRotation({ parts, journal, connections, from, wantsAbort: () => running.abort });
    });
    running.done = work
      // The journal cannot be written: it stands as it was, and is gone on with when it can.
      .catch(() => undefined)
      .then(async () => {
        release();
        await connections.close();
        if (this.#running === running) this.#running = null;
        parts.changed(journal.rotation);
      });
    return true;
  }

  /** Whose secret nodes are given that join. */
  async #from({ plan, id }: StoredRotation): Promise<string | null> {
    return plan.purpose === 'add-node'
      ? currentOf(await this.#parts.store.rotationsBefore({ before: null, limit: 100 }), id)
      : null;
  }

  #later(): void {
    if (this.#closed) return;
    const { tendMs } = { tendMs: 20_000, ...this.#parts.limits };
    this.#offTimer = this.#parts.clock.after(tendMs, () => {
      void this.tend().finally(() => this.#later());
    });
  }

  async #tend(): Promise<void> {
    if (this.#beginning > 0) return;
    const open = await this.#parts.store.openRotations().catch(() => []);
    if (this.#beginning > 0) return;
    const middle = open.find(({ endedAt }) => endedAt === null);
    if (middle !== undefined) {
      if (this.#running === null && middle.waits !== null) this.#run(middle, null);
      await this.#running?.done;
      return;
    }
    for (const one of open)
      if (one.stage === 'aborted' && this.#beginning === 0) await this.#takeBackLate(one);
    // Of several only the newest counts: its secret is the one in force.
    const newest = open.find(({ stage }) => stage === 'done');
    const current = currentOf(await this.#parts.store.rotationsBefore({ before: null, limit: 100 }), null);
    if (newest !== undefined && newest.id === current && this.#parts.sealed.state().is === 'open')
      await this.#finishLate(newest);
  }

  /** Nodes that did not answer when a rotation was taken back. */
  async #takeBackLate(rotation: StoredRotation): Promise<void> {
    const journal = new RotationJournal(this.#parts, rotation);
    const connections = new Connections(this.#parts, rotation.id, null);
    await takeBack(journal, connections, 0).catch(() => undefined);
    await connections.close();
  }

  async #finishLate(rotation: StoredRotation): Promise<void> {
    const parts = this.#parts;
    const journal = new RotationJournal(parts, rotation);
    const connections = new Connections(parts, rotation.id, null);
    const release = parts.sealed.hold();
    const mayGoOn = () => this.#beginning === 0 && this.#running === null;
    this.#tends = connections;
    try {
      if (!mayGoOn()) return;
      const had = await secretOf(parts, rotation, null);
      if (!had.ok) return;
      const limits = limitsOf(parts, rotation);
      const find = (node: StoredRotationNode) => this.#find(connections, node);
      await finishLateNodes(parts, journal, connections, had.secret, limits, find, mayGoOn, this.#tries);
      had.secret.wipe();
    } catch {
      // The journal cannot be written; it is tried again later.
    } finally {
      this.#tends = null;
      release();
      await connections.close();
    }
  }

  /** Where a node that was away has its secret, asked now. */
  async #find(
    connections: Connections,
    node: StoredRotationNode,
  ): Promise<Pick<StoredRotationNode, 'place' | 'skewMs'> | null> {
    const target = (await this.#parts.targets()).find((one) => one.node === node.node);
    if (target === undefined || target.place === null) return null;
    const { path, unit, port } = target.place;
    const said = await connections.ask(node.node, { act: 'look', path, port, nonce: newNonce() }, 0);
    if (said.how !== 'answered') return null;
    const { owner, accounts, is, clock } = said.answer;
    const addresses = reachedFirst(said.answer.addresses, target.address);
    if (is === 'unfit' || owner === null || accounts.length === 0) return null;
    return {
      place: { path, unit, port, owner: { uid: owner.uid, gid: owner.gid }, accounts, addresses },
      skewMs: clock - this.#parts.clock.now().getTime(),
    };
  }
}

function first(
  plan: RotationPlan,
  places: ReadonlyMap<string, RotationPlace>,
  at: string,
  former: string[],
): StoredRotation {
  return {
    id: plan.id,
    plan,
    stage: 'planned',
    startedAt: at,
    endedAt: null,
    restartsAt: null,
    waits: null,
    error: null,
    strangers: plan.strangers,
    stagingMs: null,
    takesBack: null,
    former,
    keepsFences: false,
    nodes: plan.nodes.map(({ node, name, part, why, skewMs }) => ({
      node,
      name,
      part,
      state: STATE[part],
      message: why === '' ? null : why,
      stagedAt: null,
      committedAt: null,
      acceptsSince: null,
      verifiedAt: null,
      oldRefused: null,
      newProven: null,
      skewMs,
      place: places.get(node) ?? null,
      fence: 'none',
      // Whom it may reach changes with this rotation, and it has to be told.
      keepsOld: part === 'keeps',
    })),
  };
}

/** Where nodes begin. */
const STATE: Readonly<Record<RotationPart, StoredRotationNode['state']>> = {
  rotates: 'waiting',
  away: 'away',
  excluded: 'excluded',
  removed: 'removed',
  blocked: 'excluded',
  keeps: 'verified',
};
