import { randomUUID } from 'node:crypto';
import { type FromCore, MOST_PAGE } from './control.ts';

/** Somewhat longer than the main process allows itself, in milliseconds. */
const ANSWER_WITHIN_MS = 150_000;
/** Reports wait for each other: each is held in the memory of two processes. */
const MOST_WAITING = 4;

const INSTEAD = 'Save it as HTML and print that page from any browser.';

/** A document, or why there is none and what to do instead. */
type Printed = { ok: true; pdf: Uint8Array } | { ok: false; why: string };

/** Prints pages through the main process, which has Chromium: a page out, a document back. */
export class CorePrint {
  readonly #tell: (message: FromCore) => void;
  readonly #waiting = new Map<string, (pdf: Uint8Array | null) => void>();

  constructor(tell: (message: FromCore) => void) {
    this.#tell = tell;
  }

  print(page: string): Promise<Printed> {
    if (page.length > MOST_PAGE)
      return Promise.resolve({ ok: false, why: `The report is too long to be printed here. ${INSTEAD}` });
    if (this.#waiting.size >= MOST_WAITING)
      return Promise.resolve({
        ok: false,
        why: 'Other reports are being printed. Try it again when they are.',
      });
    const id = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(id, null), ANSWER_WITHIN_MS);
      this.#waiting.set(id, (pdf) => {
        clearTimeout(timer);
        resolve(pdf === null ? { ok: false, why: `The window made no PDF. ${INSTEAD}` } : { ok: true, pdf });
      });
      this.#tell({ kind: 'print', id, page });
    });
  }

  /** The document of the main process; one that nobody asked for is not heard. */
  answer(id: string, pdf: Uint8Array | null): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(pdf);
  }

  /** The console closes: whoever still waits gets none. */
  refuseAll(): void {
    for (const id of [...this.#waiting.keys()]) this.answer(id, null);
  }
}
