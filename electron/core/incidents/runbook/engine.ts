import type { Incident } from '#shared/domain/incident/incident.ts';
import type { StepDoing, StepOrder } from '#shared/domain/incident/incident-view.ts';
import type { Isolation } from '#shared/domain/incident/isolation.ts';
import { outcomeOfRotation, settleRotations } from './follow-rotations.ts';
import type { ClaimedStep } from './incident-registry.ts';
import { isolateOutcome, releaseOutcome, type StepOutcome } from './isolation-outcome.ts';
import { IncidentJournal, type Refusal } from './journal.ts';
import type { Move } from './moves.ts';
import type { RunbookParts } from './parts.ts';
import { isReleaseWithout, keepReleaseOrder } from './release-order.ts';
import { investigate, preserve, rejoin, type StepWork } from './step-work.ts';

/** What is under way of one step in this process. */
interface Running {
  run: string;
  doing: StepDoing;
  off: AbortController;
  done: Promise<void>;
}

/** Carries the steps of incidents out, one try each, and goes on with what a console before this one left in the middle. */
export class Runbook {
  readonly journal: IncidentJournal;
  readonly #parts: RunbookParts;
  readonly #running = new Map<string, Running>();
  readonly #isolations = new Map<string, Isolation>();
  /** Releases that this process ordered, by their try: before that, a node that is still shut off has refused nothing. */
  readonly #releasing = new Set<string>();
  #off: (() => void) | null = null;
  #offRotations: (() => void) | null = null;
  #syncing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: RunbookParts) {
    this.#parts = parts;
    this.journal = new IncidentJournal({ ...parts, now: () => parts.clock.now() });
    this.#off =
      parts.isolating?.onChange((isolation) => {
        this.#isolations.set(isolation.id, isolation);
        this.#later(isolation);
      }) ?? null;
    this.#offRotations = parts.rotations?.onChange(() => this.#laterRotations()) ?? null;
  }

  /** Goes on with every step whose intent is written down and whose outcome is not. */
  async recover(): Promise<void> {
    // What cannot be gone on with in one case keeps no other from it.
    for (const incident of await this.#parts.store.openIncidents())
      await this.#resume(incident).catch(() => undefined);
    await settleRotations(this.#parts, this.journal).catch(() => undefined);
  }

  async #rotated(incident: Incident, run: string): Promise<StepOutcome> {
    const outcome = await outcomeOfRotation(this.#parts, incident, run);
    return outcome ?? { outcome: 'failed', words: 'The rotation that it was begun for is not finished.' };
  }

  /** Writes down how the node was before it is wiped: it answers now, and may not later. */
  async #learnBefore({ id, node, since }: Incident): Promise<void> {
    const { rebuilding } = this.#parts;
    if (rebuilding === null || node === null) return;
    const before = { ...(await rebuilding.before(node, since)), nodeId: await rebuilding.nodeId(node) };
    await this.journal.move(id, { kind: 'known-before', before }, 'go-on');
  }

  #laterRotations(): void {
    this.#syncing = this.#syncing
      .then(() => settleRotations(this.#parts, this.journal))
      .catch(() => undefined);
  }

  /**
   * Begins a step that a person agreed to. The intent is on the disk before anything is sent.
   * @returns the incident, in which the step is under way; or why not
   */
  async begin({ plan }: ClaimedStep): Promise<Incident | Refusal> {
    const { id: run, hash, incident, step } = plan;
    // Whoever goes on with it after a crash knows what was agreed to, and nothing more.
    if (plan.release?.without === true) await keepReleaseOrder(this.#parts, plan);
    const move: Move = { kind: 'begin', step, run, plan: { id: run, hash } };
    const begun = await this.journal.move(incident, move);
    if (typeof begun !== 'string') this.#perform(begun, step, null);
    return begun;
  }

  /** Begins a step that only reads. What it asks for is on the disk before the intent, so that it can be asked again. */
  async investigate(id: string, run: string, order: StepOrder): Promise<Incident | Refusal> {
    const { store, clock } = this.#parts;
    const before = await store.incident({ id });
    if (before === null) return 'unknown';
    const step = before.steps.find((one) => one.step === order.step);
    // Two clicks: the first one is under way.
    if (step?.state === 'under-way') return before;
    if (step !== undefined && (step.state === 'done' || step.state === 'skipped')) {
      const again = await this.journal.move(id, { kind: 'again', step: order.step });
      if (typeof again === 'string') return again;
    }
    const at = clock.now().toISOString();
    await store.keepResult({ id, step: `${order.step}-order`, run, at, body: JSON.stringify(order) });
    const begun = await this.journal.move(id, { kind: 'begin', step: order.step, run, plan: null });
    if (typeof begun !== 'string') this.#perform(begun, order.step, order);
    return begun;
  }

  /** Calls a step off that reads. @returns false when none is under way */
  async cancel(id: string, step: string): Promise<boolean> {
    const running = this.#running.get(key(id, step));
    if (running === undefined) return false;
    running.off.abort();
    await running.done;
    return true;
  }

  /** @returns what steps of an incident do just now */
  doing(id: string): StepDoing[] {
    return [...this.#running].filter(([name]) => name.startsWith(`${id} `)).map(([, { doing }]) => doing);
  }

  /** @returns the isolation that an incident ordered last, as far as it is known here; null: there is none, or it cannot be known */
  isolationOf({ steps }: Pick<Incident, 'steps'>): Isolation | null {
    const run = steps.find(({ action }) => action === 'isolate')?.run;
    return run == null ? null : (this.#isolations.get(run) ?? null);
  }

  /** Asks what is known of the isolation of an incident, for one that this console has not heard of yet. */
  async learnIsolation(incident: Incident): Promise<Isolation | null> {
    if (this.isolationOf(incident) === null) await this.#learn(incident);
    return this.isolationOf(incident);
  }

  /** Settles when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done));
    await this.#syncing;
  }

  /** Lets what is under way come to its next rest, and follows nothing any more. What was called off by this is gone on with later. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#off?.();
    this.#offRotations?.();
    for (const { off } of this.#running.values()) off.abort();
    await this.idle();
  }

  async #resume(incident: Incident): Promise<void> {
    await this.#learn(incident);
    for (const { step, state, run } of incident.steps)
      if (run !== null && state === 'under-way') this.#perform(incident, step, null);
    await this.#sync(incident);
  }

  #perform(incident: Incident, step: string, order: StepOrder | null): void {
    const name = key(incident.id, step);
    const found = incident.steps.find((one) => one.step === step);
    if (found?.run == null || this.#running.has(name)) return;
    const { run } = found;
    const off = new AbortController();
    const doing: StepDoing = { step, words: '', done: null, all: null };
    const running: Running = { run, doing, off, done: Promise.resolve() };
    this.#running.set(name, running);
    const say: StepWork['say'] = (words, done = null, all = null) => {
      running.doing = { step, words: words.slice(0, 512), done, all };
      this.#parts.changed(incident);
    };
    running.done = this.#work(incident, step, run, { order, say, signal: off.signal })
      .then((outcome) => this.#end(incident.id, step, run, outcome))
      // The journal cannot be written: the step stands as it was, and is gone on with at the next start.
      .catch(() => undefined)
      .finally(() => {
        if (this.#running.get(name) === running) this.#running.delete(name);
        this.#parts.changed(incident);
        // What changed while it was told is written down now.
        const isolation = this.isolationOf(incident);
        if (isolation !== null) this.#later(isolation);
      });
  }

  async #work(incident: Incident, step: string, run: string, work: StepWork): Promise<StepOutcome> {
    const found = incident.steps.find((one) => one.step === step);
    await this.#parts.fault?.(`work ${step}`);
    try {
      switch (found?.action) {
        case 'isolate':
          return await this.#isolate(run, found.plan?.hash ?? '');
        case 'release':
          return await this.#release(incident, run);
        case 'preserve': {
          const kept = await preserve(this.#parts, incident, run, work);
          await this.#learnBefore(incident).catch(() => undefined);
          return kept;
        }
        case 'rejoin':
          return await rejoin(this.#parts, incident, run, work);
        case 'rotate':
          return await this.#rotated(incident, run);
        case 'workspace':
        case 'hunt':
          return await investigate(this.#parts, incident, step, run, work);
        default:
          return { outcome: 'failed', words: 'This is done by hand.' };
      }
    } catch (error) {
      // A console that closes has not failed: the next one goes on.
      if (this.#closed) return { outcome: 'under-way' };
      return { outcome: 'failed', words: messageOf(error, work.signal.aborted) };
    }
  }

  async #isolate(run: string, hash: string): Promise<StepOutcome> {
    const { isolating } = this.#parts;
    if (isolating === null) return { outcome: 'failed', words: 'Nodes cannot be shut off from here.' };
    // Ordered before: joined, never ordered twice.
    const known = await isolating.status(run);
    const ordered = known ?? (await isolating.isolate({ plan: run, hash }));
    if (typeof ordered === 'string')
      return {
        outcome: 'failed',
        words:
          ordered === 'busy'
            ? 'Another isolation that is not released holds this node.'
            : 'This console ended before anything was sent. Nothing was changed; order it again.',
      };
    this.#isolations.set(run, ordered);
    return isolateOutcome(ordered);
  }

  async #release(incident: Incident, release: string): Promise<StepOutcome> {
    const { isolating } = this.#parts;
    const run = incident.steps.find(({ action }) => action === 'isolate')?.run;
    if (isolating === null || run == null)
      return { outcome: 'failed', words: 'There is nothing that could be taken back from here.' };
    const withoutNode = await isReleaseWithout(this.#parts, incident.id, release);
    const released = await isolating.release({ isolation: run, ...(withoutNode && { withoutNode }) });
    this.#releasing.add(release);
    if (released === 'at-rest') {
      const rest = await isolating.status(run);
      return rest === null
        ? { outcome: 'failed', words: 'There is no such isolation.' }
        : releaseOutcome(rest);
    }
    if (typeof released === 'string') return { outcome: 'failed', words: 'There is no such isolation.' };
    this.#isolations.set(run, released);
    return releaseOutcome(released);
  }

  async #end(id: string, step: string, run: string, outcome: StepOutcome): Promise<void> {
    if (outcome.outcome === 'under-way') return;
    const { outcome: is, words } = outcome;
    const proof = is === 'done' ? outcome.proof : null;
    const short = words.slice(0, 2_048);
    await this.journal.move(id, { kind: 'end', step, run, outcome: is, proof, words: short }, 'go-on');
  }

  async #learn(incident: Incident): Promise<void> {
    const run = incident.steps.find(({ action }) => action === 'isolate')?.run;
    const known = run == null ? null : await this.#parts.isolating?.status(run).catch(() => null);
    if (known != null) this.#isolations.set(known.id, known);
  }

  #later(isolation: Isolation): void {
    this.#syncing = this.#syncing.then(() => this.#syncAll(isolation)).catch(() => undefined);
  }

  async #syncAll(isolation: Isolation): Promise<void> {
    for (const incident of await this.#parts.store.openIncidents()) {
      if (!incident.steps.some(({ run }) => run === isolation.id)) continue;
      await this.#sync(incident);
      this.#parts.changed(incident);
    }
  }

  /** Writes down what became of an isolation since its step was written last: better or worse. */
  async #sync(incident: Incident): Promise<void> {
    const isolation = this.isolationOf(incident);
    if (isolation === null) return;
    for (const { action, step, run, state, proof } of incident.steps) {
      if (run === null || state === 'not-begun' || state === 'skipped') continue;
      if (action !== 'isolate' && action !== 'release') continue;
      if (this.#running.has(key(incident.id, step))) continue;
      const released =
        isolation.endedAt !== null ||
        isolation.nodes.some(({ state: is }) => is === 'releasing' || is === 'released');
      // Once a release was ordered, that it is open again is no failure of having shut it off.
      if (action === 'isolate' && released) continue;
      if (action === 'release' && !released && !(state === 'under-way' && this.#releasing.has(run))) continue;
      const outcome = action === 'isolate' ? isolateOutcome(isolation) : releaseOutcome(isolation);
      const same = outcome.outcome === state && (outcome.outcome !== 'done' || outcome.proof === proof);
      if (!same) await this.#end(incident.id, step, run, outcome);
    }
  }
}

const key = (incident: string, step: string): string => `${incident} ${step}`;

function messageOf(error: unknown, calledOff: boolean): string {
  if (calledOff) return 'It was called off.';
  return error instanceof Error ? error.message : 'It did not work, and no reason is known.';
}
