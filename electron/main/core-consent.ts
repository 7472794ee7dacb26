import { randomUUID } from 'node:crypto';
import type { Asking, ConsentGate } from '#core/console/service.ts';
import type { FromCore } from './control.ts';

/** A question that nobody answers is refused after this time. */
const ANSWER_WITHIN_MS = 5 * 60_000;

/** Asks a person through the main process, where the page cannot reach: a question out, one answer back. */
export class CoreConsent implements ConsentGate {
  readonly #tell: (message: FromCore) => void;
  readonly #waiting = new Map<string, (given: boolean) => void>();

  constructor(tell: (message: FromCore) => void) {
    this.#tell = tell;
  }

  ask(
    { title, lines }: { title: string; lines: readonly string[] },
    { signal }: Asking = {},
  ): Promise<boolean> {
    // A person must not agree to what does not fit into the dialog.
    const fits = title.length <= 256 && lines.length <= 64 && lines.every((line) => line.length <= 1_024);
    if (!fits) return Promise.resolve(false);
    const id = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, false), ANSWER_WITHIN_MS);
      this.#waiting.set(id, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      signal?.addEventListener('abort', () => this.answer(id, false));
      this.#tell({ kind: 'consent', question: { id, title, lines: [...lines] } });
    });
  }

  /** The answer of the main process; one that nobody asked for is not heard. */
  answer(id: string, given: boolean): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(given);
  }

  /** The console closes: whoever still waits gets a no. */
  refuseAll(): void {
    for (const id of [...this.#waiting.keys()]) this.answer(id, false);
  }
}
