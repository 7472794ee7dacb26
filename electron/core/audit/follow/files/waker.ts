/** Waits until it is woken or a time is over. Being woken since the last reset counts, so that nothing is slept through. */
export class Waker {
  #awake = false;
  #end: (() => void) | null = null;

  wake(): void {
    this.#awake = true;
    this.#end?.();
  }

  reset(): void {
    this.#awake = false;
  }

  async wait(milliseconds: number): Promise<void> {
    if (this.#awake) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = null;
  }
}
