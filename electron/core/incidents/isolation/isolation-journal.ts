import type { StoredIsolatedNode, StoredIsolation } from '#core/store/operations/isolations.ts';
import type { IsolatedNode, Isolation, IsolationLayer } from '#shared/domain/incident/isolation.ts';
import type { IsolationParts } from './parts.ts';
import { sentenceOf } from './words.ts';

/** Names a layer among those of one node. */
export type LayerKey = { layer: IsolationLayer['layer']; node?: string };

/** One isolation with its journal. What is set here is believed once `write` has resolved. */
export class IsolationJournal {
  readonly #parts: Pick<IsolationParts, 'store' | 'clock' | 'fault'>;
  readonly #changed: (isolation: Isolation) => void;
  #stored: StoredIsolation;
  #writing: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;
  /** Steps that are under way. */
  busy = 0;

  constructor(
    parts: Pick<IsolationParts, 'store' | 'clock' | 'fault'>,
    stored: StoredIsolation,
    changed: (isolation: Isolation) => void,
  ) {
    this.#parts = parts;
    this.#stored = stored;
    this.#changed = changed;
  }

  get stored(): StoredIsolation {
    return this.#stored;
  }

  node(id: string): StoredIsolatedNode {
    const found = this.#stored.nodes.find(({ shown }) => shown.node === id);
    if (found === undefined) throw new RangeError(`No node ${id} in this isolation`);
    return found;
  }

  now(): string {
    return this.#parts.clock.now().toISOString();
  }

  /** Changes one node. Nothing is on the disk before {@link write} resolves. */
  set(
    id: string,
    fields: Partial<Omit<StoredIsolatedNode, 'shown'>>,
    shown: Partial<IsolatedNode> = {},
  ): void {
    const nodes = this.#stored.nodes.map((one) =>
      one.shown.node === id ? { ...one, ...fields, shown: { ...one.shown, ...shown } } : one,
    );
    this.#stored = { ...this.#stored, nodes };
  }

  /** Says how a layer stands, as found now. */
  layer(id: string, key: LayerKey, is: IsolationLayer['is'], proof: string): void {
    const { shown } = this.node(id);
    const peer = key.node ?? null;
    const at = is === 'waiting' || is === 'sent' ? null : this.now();
    const layers = shown.layers.map((one) =>
      one.layer === key.layer && one.node === peer
        ? {
            ...{ ...one, is, at: at ?? one.at, proof: proof.slice(0, 1_024) },
            since: at === null ? null : is === one.is && one.since !== null ? one.since : at,
          }
        : one,
    );
    this.set(id, {}, { layers });
  }

  /** Brings everything that was set to the disk; what is set by several at once is one write. */
  write(): Promise<void> {
    this.#waiting ??= this.#writing.then(() => {
      this.#waiting = null;
      const isolation = this.#stored;
      const done = this.#parts.store.writeIsolation({ isolation });
      this.#writing = done.catch(() => undefined);
      return done.then(() => this.#changed(this.shown()));
    });
    return this.#waiting;
  }

  /**
   * As {@link write}, for what comes after the order itself was written down: a disk that is full stops nothing that was ordered. What could not be
   * written is written with the next one, and asked for again by the next console.
   */
  async note(): Promise<void> {
    await this.write().catch(() => this.#changed(this.shown()));
  }

  /** A point at which a test may end the process. */
  async point(name: string): Promise<void> {
    await this.#parts.fault?.(name);
  }

  end(): void {
    this.#stored = { ...this.#stored, endedAt: this.now() };
  }

  shown(): Isolation {
    return shownIsolation(this.#stored, this.busy > 0);
  }
}

/** @returns the isolation as pages and the runbook read it */
export function shownIsolation(stored: StoredIsolation, isBusy: boolean): Isolation {
  const { id, scope, startedAt, endedAt } = stored;
  const nodes = stored.nodes.map(({ shown }) => shown);
  return { id, scope, startedAt, endedAt, isBusy, sentence: sentenceOf(nodes, scope).slice(0, 512), nodes };
}
