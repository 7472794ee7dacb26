import type { ChangeFields, StoredChange, StoredStep } from '#core/store/operations/changes.ts';
import type { EngineParts } from './parts.ts';

/** States in which nothing is under way any more. */
export const AT_REST: ReadonlySet<StoredChange['state']> = new Set([
  'done',
  'not-verified',
  'rolled-back',
  'reverted',
  'undone',
  'stuck',
]);

/** One change with its journal: what it says was made durable before it is believed. */
export class Journal {
  readonly #parts: EngineParts;
  #change: StoredChange;
  #lenient = false;

  constructor(parts: EngineParts, change: StoredChange) {
    this.#parts = parts;
    this.#change = change;
  }

  get change(): StoredChange {
    return this.#change;
  }

  /**
   * From now on go on although the journal cannot be written (a full disk): what is on the node must be taken back all the
   * same, and the next start finds out from the node itself.
   */
  goOnWithout(): void {
    this.#lenient = true;
  }

  /** Writes where the change is. A state at rest gets its end. */
  async to(fields: ChangeFields, others: readonly OtherStep[] = []): Promise<void> {
    const ends = fields.state !== undefined && AT_REST.has(fields.state);
    const all: ChangeFields = ends ? { ...fields, endedAt: this.#now() } : fields;
    await this.#write({ fields: all, others });
    this.#change = { ...this.#change, ...all };
    this.#parts.changed(this.#change);
    if (ends) this.#parts.told(this.#change, 'settled');
  }

  /** Writes how far a step is, and of a change that takes others back also how far theirs are, in one. */
  async step(number: number, change: Partial<StoredStep>, others: readonly OtherStep[] = []): Promise<void> {
    const former = this.#change.steps[number];
    if (former === undefined) throw new RangeError(`No step ${number}`);
    const step: StoredStep = { ...former, ...change, at: this.#now() };
    await this.#write({ steps: [{ number, step }], others });
    const steps = this.#change.steps.with(number, step);
    this.#change = { ...this.#change, steps };
    this.#parts.changed(this.#change);
  }

  async #write(what: Omit<Parameters<EngineParts['store']['writeChange']>[0], 'id'>): Promise<void> {
    try {
      await this.#parts.store.writeChange({ id: this.#change.id, ...what });
    } catch (error) {
      if (!this.#lenient) throw error;
    }
  }

  #now(): string {
    return this.#parts.clock.now().toISOString();
  }
}

/** A step of another change. */
export interface OtherStep {
  change: string;
  number: number;
  step: StoredStep;
}
