interface Work {
  done: Promise<void>;
  cancelled: boolean;
  /** The change waits to be kept, and this only closes its connection: a person may be faster. */
  resting: boolean;
}

/** What is being done with changes, one thing at a time with each. */
export class UnderWay {
  readonly #work = new Map<string, Work>();

  /** Whether something is done with a change that nobody may interfere with. */
  isWorkedOn(id: string): boolean {
    return this.#work.get(id)?.resting === false;
  }

  /** Whether anything is done with it, if only that its connection is closed. */
  has(id: string): boolean {
    return this.#work.has(id);
  }

  /**
   * Begins with a change that is not worked on, as soon as its connection is closed.
   * @param ended called at the end, unless somebody has gone on with the change by then
   */
  begin(id: string, task: () => Promise<void>, ended: () => void): void {
    const before = this.#work.get(id);
    const work: Work = { cancelled: false, resting: false, done: Promise.resolve() };
    this.#work.set(id, work);
    work.done = (before?.done ?? Promise.resolve()).then(task).finally(() => {
      if (this.#work.get(id) !== work) return;
      this.#work.delete(id);
      ended();
    });
  }

  /** Runs what makes it known that the change waits to be kept: from then on who keeps it need not wait. */
  async rest(id: string, tell: () => Promise<void>): Promise<void> {
    const work = this.#work.get(id);
    if (work) work.resting = true;
    try {
      await tell();
    } catch (error) {
      if (work) work.resting = false;
      throw error;
    }
  }

  /** @returns false when nothing is under way that could be stopped */
  cancel(id: string): boolean {
    const work = this.#work.get(id);
    if (work) work.cancelled = true;
    return work !== undefined;
  }

  cancelAll(): void {
    for (const id of this.#work.keys()) this.cancel(id);
  }

  isCancelled(id: string): boolean {
    return this.#work.get(id)?.cancelled === true;
  }

  /** Settles when nothing is done any more. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all([...this.#work.values()].map(({ done }) => done));
  }
}
