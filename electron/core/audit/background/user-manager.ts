import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { runProcess } from '#core/hosts/run-process.ts';

const ANSWER_WITHIN_MS = 10_000;
const MOST_ANSWERED = 65_536;
const SYSTEMCTL = ['/usr/bin/systemctl', '/bin/systemctl'];

/** What a run of systemctl(1) came to. */
export interface Answer {
  /** Exit status 0. */
  ok: boolean;
  out: string;
  /** What it said of a mistake; for people. */
  error: string;
}

/** Asks the systemd manager of this account. */
export interface UserManager {
  /** The program, for showing what is run. */
  readonly program: string;
  /** @param words arguments behind `systemctl --user` */
  ask(...words: readonly string[]): Promise<Answer>;
  /** Whether this account's manager goes on after logging out; null when that cannot be seen. */
  lingers(): boolean | null;
}

/** @returns how the manager of this account is reached; null where there is no systemctl */
export function userManager(environment: NodeJS.ProcessEnv = process.env): UserManager | null {
  const program = SYSTEMCTL.find((path) => existsSync(path));
  if (program === undefined || process.platform !== 'linux') return null;
  // A console that was started without a session (cron, su) has no word of where the manager listens: pam_systemd(8) names the place.
  const own = `/run/user/${process.getuid?.() ?? 0}`;
  const runtime = environment.XDG_RUNTIME_DIR ?? (existsSync(own) ? own : undefined);
  const bus = environment.DBUS_SESSION_BUS_ADDRESS;
  const env = {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    HOME: environment.HOME,
    SYSTEMD_COLORS: '0',
    ...(runtime !== undefined && { XDG_RUNTIME_DIR: runtime }),
    ...(bus !== undefined && { DBUS_SESSION_BUS_ADDRESS: bus }),
  };
  return {
    program,
    async ask(...words) {
      const pieces: Buffer[] = [];
      const ended = await runProcess({
        program,
        arguments: ['--user', '--no-pager', '--no-ask-password', ...words],
        environment: env,
        script: '',
        endInput: true,
        timeoutMs: ANSWER_WITHIN_MS,
        maxStdoutBytes: MOST_ANSWERED,
        onOutput: (piece) => pieces.push(piece),
      });
      const out = Buffer.concat(pieces).toString('utf8');
      if (ended.how === 'not-started') return { ok: false, out, error: ended.error.message };
      const error = ended.how === 'ended' ? ended.end.stderr.trim() : 'It did not answer in time.';
      return { ok: ended.how === 'ended' && ended.end.exitCode === 0, out, error: error.slice(0, 512) };
    },
    lingers() {
      try {
        // What loginctl(1) itself writes; asking it needs the bus of the system.
        return existsSync(`/var/lib/systemd/linger/${userInfo().username}`);
      } catch {
        return null;
      }
    },
  };
}
