/** What a process was started as. */
export interface ProcessName {
  image: string | undefined;
  command: string | undefined;
}

const LIMIT = 4_096;

/**
 * What the newest processes of a log were started as, so that a child's record can name its parent. In memory only: after a restart
 * parents that were started before it are not named.
 */
export class ProcessNames {
  readonly #names = new Map<number, ProcessName>();

  get(pid: number): ProcessName | undefined {
    return this.#names.get(pid);
  }

  set(pid: number, name: ProcessName): void {
    this.#names.delete(pid);
    this.#names.set(pid, {
      image: name.image?.slice(0, 1_024),
      command: name.command?.slice(0, 4_096),
    });
    if (this.#names.size > LIMIT) {
      const oldest = this.#names.keys().next();
      if (!oldest.done) this.#names.delete(oldest.value);
    }
  }
}
