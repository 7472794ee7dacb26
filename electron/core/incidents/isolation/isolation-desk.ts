import { timingSafeEqual } from 'node:crypto';
import { createEmitter } from '#core/console/emitter.ts';
import type { StoredIsolation } from '#core/store/operations/isolations.ts';
import type {
  Isolating,
  Isolation,
  IsolationOrder,
  IsolationRefusal,
} from '#shared/domain/incident/isolation.ts';
import { driveIsolation } from './drive.ts';
import type { Because } from './hold-node.ts';
import { IsolationJournal, shownIsolation } from './isolation-journal.ts';
import { IsolationLines } from './lines.ts';
import { type IsolationParts, USUAL_LIMITS } from './parts.ts';
import { type PlannedIsolation, planIsolation } from './plan.ts';
import { messageOf } from './words.ts';

/** Plans that wait at one time; the oldest goes first. */
const MOST_PLANS = 32;

/**
 * Isolations as the runbook, pages and commands call them. What was ordered is on the disk before anything is sent; the next console goes on with it
 * (`recover`). Everything that is asked of a node may be asked again, so going on is doing all of it again from the journal.
 */
export class IsolationDesk implements Isolating {
  readonly #parts: IsolationParts;
  readonly #lines: IsolationLines;
  readonly #plans = new Map<string, PlannedIsolation>();
  readonly #journals = new Map<string, IsolationJournal>();
  readonly #ordering = new Map<string, Promise<unknown>>();
  readonly #under = new Set<Promise<void>>();
  readonly #emitter = createEmitter<Isolation>();
  #offTimer: (() => void) | null = null;
  #closed = false;

  constructor(parts: IsolationParts) {
    this.#parts = parts;
    this.#lines = new IsolationLines(parts);
  }

  /** Goes on with everything that a console before this one left, and looks after it from time to time. */
  async recover(): Promise<void> {
    for (const stored of await this.#parts.store.openIsolations()) this.#drive(this.#journal(stored), 'tend');
    this.#later();
  }

  async plan(wish: Parameters<Isolating['plan']>[0]): ReturnType<Isolating['plan']> {
    const planned = await planIsolation(this.#parts, this.#lines, wish);
    if (planned === null) return 'unknown';
    this.#plans.set(planned.plan.id, planned);
    for (const id of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(id);
    }
    return structuredClone(planned.plan);
  }

  /** A second click waits for the first one, and joins what it began. */
  async isolate(order: Parameters<Isolating['isolate']>[0]): Promise<Isolation | IsolationRefusal> {
    const former = this.#ordering.get(order.plan) ?? Promise.resolve();
    const mine = former.catch(() => undefined).then(() => this.#order(order));
    this.#ordering.set(order.plan, mine);
    try {
      return await mine;
    } finally {
      if (this.#ordering.get(order.plan) === mine) this.#ordering.delete(order.plan);
    }
  }

  async #order(order: Parameters<Isolating['isolate']>[0]): Promise<Isolation | IsolationRefusal> {
    const running = this.#journals.get(order.plan) ?? (await this.#known(order.plan));
    if (running !== null) return sameText(running.stored.hash, order.hash) ? running.shown() : 'changed';
    const planned = this.#plans.get(order.plan);
    if (planned === undefined) return 'unknown';
    if (!sameText(planned.plan.hash, order.hash)) return 'changed';
    const startedAt = this.#parts.clock.now().toISOString();
    const stored: StoredIsolation = { ...planned.begins, startedAt, confirm: order.confirm ?? 'by-itself' };
    const journal = this.#journal(stored);
    await journal.point('before begin');
    const begun = await this.#parts.store.beginIsolation({ isolation: stored }).catch((thrown: unknown) => {
      // Nothing was written down, so nothing is sent, and the plan can be ordered again.
      this.#journals.delete(stored.id);
      throw thrown;
    });
    if (begun === 'busy') {
      this.#journals.delete(stored.id);
      return 'busy';
    }
    await journal.point('after begin');
    this.#plans.delete(order.plan);
    this.#emitter.emit(journal.shown());
    await this.#driven(journal, 'order');
    return journal.shown();
  }

  async confirm(order: IsolationOrder): Promise<Isolation | IsolationRefusal> {
    const journal = await this.#known(order.isolation);
    if (journal === null) return 'unknown';
    if (journal.stored.endedAt !== null) return 'at-rest';
    await this.#driven(journal, 'confirm', order.nodes);
    return journal.shown();
  }

  async release(order: IsolationOrder & { withoutNode?: boolean }): Promise<Isolation | IsolationRefusal> {
    const journal = await this.#known(order.isolation);
    if (journal === null) return 'unknown';
    if (journal.stored.endedAt !== null) return 'at-rest';
    for (const { shown } of journal.stored.nodes) {
      if (order.nodes !== undefined && !order.nodes.includes(shown.node)) continue;
      if (shown.state === 'released') continue;
      const next = { ...shown, state: 'releasing' as const };
      journal.set(
        shown.node,
        // Once said, it stays said: who goes on with a release after a restart does not ask for it again.
        {
          wants: 'released',
          withoutNode: order.withoutNode === true || journal.node(shown.node).withoutNode,
        },
        { state: 'releasing', message: messageOf(next, '', journal.stored.scope) },
      );
    }
    await journal.point('before releasing');
    await journal.write();
    await journal.point('after releasing');
    await this.#driven(journal, 'order', order.nodes);
    return journal.shown();
  }

  async cablePulled(order: IsolationOrder): Promise<Isolation | IsolationRefusal> {
    const journal = await this.#known(order.isolation);
    if (journal === null) return 'unknown';
    if (journal.stored.endedAt !== null) return 'at-rest';
    for (const { shown } of journal.stored.nodes)
      if (order.nodes?.includes(shown.node) ?? true)
        journal.set(shown.node, {}, { cablePulledAt: journal.now() });
    await journal.write();
    return journal.shown();
  }

  async status(id: string, look = false): Promise<Isolation | null> {
    const journal = await this.#known(id);
    if (journal === null) return null;
    if (look && journal.stored.endedAt === null) await this.#driven(journal, 'tend');
    return journal.shown();
  }

  async open(): Promise<Isolation[]> {
    const open = await this.#parts.store.openIsolations();
    return open.map((stored) => this.#journals.get(stored.id)?.shown() ?? shownIsolation(stored, false));
  }

  onChange(listener: (isolation: Isolation) => void): () => void {
    return this.#emitter.onDelta(listener);
  }

  async idle(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#offTimer?.();
    await this.#lines.close();
    await this.idle();
  }

  #journal(stored: StoredIsolation): IsolationJournal {
    const known = this.#journals.get(stored.id);
    if (known !== undefined) return known;
    const journal = new IsolationJournal(this.#parts, stored, (shown) => {
      this.#emitter.emit(shown);
      this.#parts.changed?.(shown);
    });
    this.#journals.set(stored.id, journal);
    return journal;
  }

  async #known(id: string): Promise<IsolationJournal | null> {
    const running = this.#journals.get(id);
    if (running !== undefined) return running;
    const stored = await this.#parts.store.isolation({ id });
    return stored === null ? null : this.#journal(stored);
  }

  /** @returns after all of it, or after the time in which an order is answered; the rest goes on */
  async #driven(journal: IsolationJournal, because: Because, nodes?: readonly string[]): Promise<void> {
    const { answerMs } = { ...USUAL_LIMITS, ...this.#parts.limits };
    let off: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      off = this.#parts.clock.after(answerMs, resolve);
    });
    await Promise.race([this.#drive(journal, because, nodes), late]);
    off();
  }

  #drive(journal: IsolationJournal, because: Because, nodes?: readonly string[]): Promise<void> {
    const work = { parts: this.#parts, lines: this.#lines, journal };
    journal.busy += 1;
    // A journal that cannot be written: it stands as it was, and is gone on with when it can.
    const driving = driveIsolation(work, because, nodes)
      .catch(() => undefined)
      .finally(() => {
        journal.busy -= 1;
        this.#under.delete(driving);
        this.#emitter.emit(journal.shown());
        if (journal.busy === 0 && journal.stored.endedAt !== null) this.#journals.delete(journal.stored.id);
      });
    this.#under.add(driving);
    return driving;
  }

  #later(): void {
    if (this.#closed) return;
    const { tendMs } = { ...USUAL_LIMITS, ...this.#parts.limits };
    this.#offTimer = this.#parts.clock.after(tendMs, () => {
      void this.#parts.store
        .openIsolations()
        .then((open) =>
          Promise.all(
            open.map((stored) => {
              const journal = this.#journal(stored);
              return journal.busy > 0 ? undefined : this.#drive(journal, 'tend');
            }),
          ),
        )
        .catch(() => undefined)
        .finally(() => this.#later());
    });
  }
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
