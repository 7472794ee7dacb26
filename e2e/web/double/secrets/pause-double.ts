import { ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { PausedNode, PauseState } from '#shared/domain/pause/pause-state.ts';
import { pauseSentence } from '#shared/domain/pause/pause-words.ts';

export interface PauseDoubleParts {
  nodes(): SwarmNode[];
  answer<T>(work: () => T): Promise<T>;
  now(): number;
  changed(): void;
  /** Whether the person outside the page agrees. */
  agrees(): Promise<boolean>;
}

/** A brake that stops nothing. */
export class PauseDouble {
  readonly #parts: PauseDoubleParts;
  #state: Omit<PauseState, 'sentence'> = { is: 'running', since: null, nodes: [] };
  /** How often it was pulled. */
  pulled = 0;

  constructor(parts: PauseDoubleParts) {
    this.#parts = parts;
  }

  readonly group: NonNullable<ConsoleService['pause']> = {
    state: () => this.#parts.answer(() => this.#shown()),
    look: () => this.#parts.answer(() => this.#shown()),
    pause: () =>
      this.#parts.answer(() => {
        this.pulled += 1;
        const at = new Date(this.#parts.now() - 20_000).toISOString();
        this.#become({
          is: 'paused',
          since: at,
          nodes: this.#parts.nodes().map((node) => stopped(node, at)),
        });
        return this.#shown();
      }),
    resume: async () => {
      if (!(await this.#parts.agrees()))
        throw new ConsoleError('CONSENT_REFUSED', 'Consent was not given. Agents stay paused.', {
          untouched: 'Agents stay paused.',
        });
      return this.#parts.answer(() => {
        this.#become({ is: 'running', since: null, nodes: [] });
        return this.#shown();
      });
    },
  };

  #shown(): PauseState {
    return { ...this.#state, sentence: pauseSentence(this.#state.is, this.#state.nodes) };
  }

  #become(state: Omit<PauseState, 'sentence'>): void {
    this.#state = state;
    this.#parts.changed();
  }
}

function stopped({ id, name, lastError }: SwarmNode, at: string): PausedNode {
  return lastError
    ? { node: id, name, is: 'not-paused', still: 0, why: lastError, at }
    : { node: id, name, is: 'paused', still: 6, why: '', at };
}
