/** What a process was started as. */
export interface ProcessName {
  image: string | undefined;
  command: string | undefined;
  /** Whether it is mycoSwarm's daemon, or was started by it or by what it started. */
  isAgents: boolean;
  /** Process id of its parent, by which a process is told from a later one with the same id. */
  parent: number | undefined;
}

/** How the daemon is started: the console script, alone or by a Python, or the module. */
const DAEMON = /^\S*(?:python[\d.]*\s+(?:-\w\s+)*\S*)?mycoswarm(?:\.cli)?\s+daemon\b/;

/** Whether a command starts mycoSwarm's daemon. */
export function isDaemon(command: string | undefined): boolean {
  return command !== undefined && DAEMON.test(command.slice(0, 1_024));
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
      isAgents: name.isAgents,
      parent: name.parent,
    });
    if (this.#names.size > LIMIT) {
      const oldest = this.#names.keys().next();
      if (!oldest.done) this.#names.delete(oldest.value);
    }
  }
}
