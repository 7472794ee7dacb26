import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckId } from '#shared/domain/check-id.ts';
import { sshOptions } from '../fixtures/ssh-options.ts';
import type { Lan } from './lan.ts';
import { mustRun, type Outcome, runProgram } from './run-program.ts';

/** A state of a guest that was kept in a file or folder, and the port that it had. */
export interface Saved {
  file: string;
  port: number;
}

/** Checks that cannot be held to anything on a guest of some kind, and why. */
export type Lacks = Readonly<Partial<Record<CheckId, string>>>;

/** Whether a process with these arguments is the helper at work for a console, and not that of a timer. */
export function isHelperOfConsole(words: readonly string[]): boolean {
  return (
    words.some((word) => word.endsWith('/swarmkeep-helper.mjs')) &&
    !words.some((word) => word.startsWith('--revert'))
  );
}

/** A Debian with systemd that was started for a test and is reached over SSH on a loopback port, and nowhere else. */
export abstract class Guest {
  readonly port: number;
  readonly key: string;
  readonly lacks: Lacks;
  /** By how much longer than a real machine it may take for anything. */
  readonly patience: number;

  constructor(port: number, key: string, patience: number, lacks: Lacks = {}) {
    this.port = port;
    this.key = key;
    this.patience = patience;
    this.lacks = lacks;
  }

  /** Give the guest a second network card, on this network; a reboot keeps it. */
  abstract join(lan: Lan): Promise<void>;

  /** Shut the guest down in order and boot it again from its disk; connections to it are closed by the caller before. */
  abstract reboot(): Promise<void>;

  /** Keep the guest as it is at a path; it goes on afterwards. Connections to it are closed before. */
  abstract save(file: string): Promise<void>;

  /** Turn the guest off and remove its disk. */
  abstract stop(): Promise<void>;

  /** End the helper's runs for a console (SIGKILL), wherever they are; the timer of a change goes on. */
  abstract killHelper(): Promise<void>;

  /** Why the guest has ended by itself; null while it runs. */
  protected abstract ended(): string | null;

  /** Wait until the SSH server lets root in. */
  protected async untilReached(limitMs: number): Promise<void> {
    const end = Date.now() + limitMs;
    while (Date.now() < end) {
      const why = this.ended();
      if (why !== null) throw new Error(why);
      const outcome = await this.run('true', 20_000).catch(() => null);
      if (outcome?.code === 0) return;
      await sleep(500);
    }
    throw new Error(`the guest did not answer within ${limitMs / 1000} s`);
  }

  sshArguments(user = 'root'): string[] {
    return [...this.#options(user), '127.0.0.1'];
  }

  #options(user: string): string[] {
    return sshOptions({ identityFile: this.key, user, port: this.port, connectSeconds: 15 });
  }

  /** Run a POSIX sh script as root in the guest. */
  run(script: string, timeoutMs = 180_000): Promise<Outcome> {
    return runProgram('ssh', [...this.sshArguments(), '/bin/sh -s'], { input: script, timeoutMs });
  }

  /** As {@link run}, and rejects when the script fails. Returns standard output. */
  async must(script: string, timeoutMs = 180_000): Promise<string> {
    return mustRun('ssh', [...this.sshArguments(), '/bin/sh -s'], {
      input: `set -e\n${script}\n`,
      timeoutMs,
    });
  }

  /** Copy a folder of this machine into the guest (below `/root` by default). */
  async copyIn(folder: string, target = '/root/'): Promise<void> {
    await mustRun('scp', ['-q', '-r', ...this.#options('root'), folder, `127.0.0.1:${target}`]);
  }
}
