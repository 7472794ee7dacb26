/** sshd refuses some of fifty logins at once (MaxStartups of sshd_config(5)); 8 in parallel are as fast as more. */
export const MOST_LOGINS = 8;

/** Lets so many run at one time; the others wait in their order. */
export class Turnstile {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(most: number = MOST_LOGINS) {
    this.#most = most;
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#inside += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}
