import { StoreError } from '#core/store/store-error.ts';
import type { SourceGap } from '#shared/domain/audit/source.ts';

const LONGEST_WHY = 256;

/** Whether an error says that something cannot be stored or read from the disk: then it is tried again as a whole. */
export function isOfStorage(error: unknown): boolean {
  if (error instanceof StoreError) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE');
}

/** @returns what a person may read of a mistake of the console's own */
export function whyOf(error: unknown): string {
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return why.slice(0, LONGEST_WHY);
}

/**
 * Events of a batch that rules could not be held against, by a mistake in a rule or in the console. They are stored; a batch that
 * is tried again would never get past them.
 */
export class Unexamined {
  #first = 0;
  #why = '';
  readonly #numbers = new Set<number>();

  /** @throws the error itself when it is one of storing */
  add(number: number, error: unknown): void {
    if (isOfStorage(error)) throw error;
    if (this.#numbers.size === 0) {
      this.#first = number;
      this.#why = whyOf(error);
    }
    this.#numbers.add(number);
  }

  forget(): void {
    this.#numbers.clear();
  }

  /** @returns what is told of them; null when there were none */
  gap(source: string, at: number): SourceGap | null {
    const count = this.#numbers.size;
    if (count === 0) return null;
    const instant = new Date(at).toISOString();
    const which = count === 1 ? `Event ${this.#first}` : `${count} events, the first of them ${this.#first},`;
    const detail = `${which} could not be held against all rules, and ${count === 1 ? 'is' : 'are'} kept. ${this.#why}`;
    return { source, kind: 'not-examined', from: instant, to: instant, bytes: 0, detail };
  }
}

/** @returns what is to be stored of it; undefined when it cannot say: what is stored stays */
export function stateOf(rules: { state(): unknown } | null): unknown {
  try {
    return rules?.state();
  } catch (error) {
    if (isOfStorage(error)) throw error;
    return undefined;
  }
}
