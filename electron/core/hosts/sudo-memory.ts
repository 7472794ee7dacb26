import type { ScriptEnd, ScriptRun } from './host.ts';

/** What a node says first on standard error when it did not let the script be root. */
export const REFUSED = 'swarmkeep-sudo-refused';
/** How long runs that begin again by themselves do without asking, in milliseconds. */
const REFUSED_FOR_MS = 15 * 60_000;

/** Remembers whether a node refused `sudo -n`: each try is a line in the log of that node, and following it must not fill that. */
export class SudoMemory {
  readonly #now: () => number;
  /** By the steady clock; null when it was not refused. */
  #refusedAt: number | null = null;

  /** @param now the steady clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @returns whether a run with this wish tries it */
  asks(wish: ScriptRun['sudo']): boolean {
    if (wish !== 'unless-refused') return wish;
    return this.#refusedAt === null || this.#now() - this.#refusedAt > REFUSED_FOR_MS;
  }

  /**
   * Notes what the node said.
   * @param asked whether that run tried it
   * @returns the end of the run, without these words
   */
  heard(end: ScriptEnd, asked: boolean): ScriptEnd {
    if (!asked) return end;
    const refused = end.stderr.includes(REFUSED);
    this.#refusedAt = refused ? this.#now() : null;
    return refused ? { ...end, stderr: end.stderr.replace(`${REFUSED}\n`, '') } : end;
  }
}
