import { z } from 'zod';
import type { LogSource } from '#shared/domain/audit/event.ts';

/** Few, for logs do not change what they are; more come from somebody who makes them up. */
const MOST = 512;

/** What events said of their logs so far, so that a rule that can never fire is known. */
export class SeenLogsources {
  /** As JSON. */
  readonly #seen: Set<string>;
  #last: LogSource | null = null;
  #isNew = false;

  /** @param stored what {@link takeNew} gave; anything else begins anew */
  constructor(stored: unknown) {
    const read = z.array(z.string()).safeParse(stored);
    this.#seen = new Set(read.success ? read.data : []);
  }

  /** @returns all of them */
  list(): LogSource[] {
    return [...this.#seen].map((text) => JSON.parse(text) as LogSource);
  }

  note(source: LogSource): void {
    // Mostly the one object that all records of a format share.
    if (this.#last === source) return;
    this.#last = source;
    const { product, category, service } = source;
    const text = JSON.stringify({ product, category, service });
    if (this.#seen.has(text) || this.#seen.size >= MOST) return;
    this.#seen.add(text);
    this.#isNew = true;
  }

  /** @returns all of them, to be stored; null when there is no new one since this was asked last */
  takeNew(): readonly string[] | null {
    if (!this.#isNew) return null;
    this.#isNew = false;
    return [...this.#seen];
  }

  /** What was taken last is not stored: it is taken again. */
  giveBack(): void {
    this.#isNew = this.#seen.size > 0;
  }
}
