import type { Machine } from '../machine.ts';
import { needProgram, type ProgramEnd, runProgram } from '../run/run-program.ts';

/** As whom pip runs: never as root. */
export interface PipAccount {
  uid: number;
  gid: number;
  /** Where that account keeps its settings of pip; null for one that has no home. */
  home: string | null;
}

/** For what is to end by itself at its limit: the helper ends it only when that fails. */
const ROOM_MS = 15_000;
/** timeout(1) answers this for a program that it ended by SIGKILL. */
const KILLED = 128 + 9;

/**
 * Runs the environment's Python as that account: no capability, no way to get one (setpriv(1)), in a session of its own, so that it
 * has no terminal of the operator to type into (ioctl_tty(2), TIOCSTI), and in a process namespace.
 *
 * Process 1 of that namespace is timeout(1), which is root's: the account can neither end nor outlive it. With process 1 the kernel
 * ends everything in the namespace, whatever it forked and whatever signals it asked for (pid_namespaces(7)); that happens at
 * the limit, as soon as Python ends, and when the helper itself is ended, which both ends of the chain are told by the kernel
 * (prctl(2), PR_SET_PDEATHSIG).
 */
export function runPython(
  machine: Machine,
  root: string,
  account: PipAccount,
  args: readonly string[],
  scratch: { home: string; temporary: string },
  timeoutMs: number,
): ProgramEnd {
  const need = (program: string) => needProgram(machine, program);
  const begun = performance.now();
  const end = runProgram(machine, {
    program: 'setpriv',
    arguments: [
      '--pdeathsig=KILL',
      '--',
      need('unshare'),
      '--fork',
      '--pid',
      '--kill-child',
      '--',
      need('setsid'),
      need('timeout'),
      '-s',
      'KILL',
      String(timeoutMs / 1_000),
      need('setpriv'),
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      '--no-new-privs',
      '--inh-caps=-all',
      '--bounding-set=-all',
      // A change of ids takes the signal away that unshare(1) asked for, so it is asked for once more.
      '--pdeathsig=KILL',
      '--',
      `${root}/bin/python`,
      ...args,
    ],
    environment: { HOME: account.home ?? scratch.home, TMPDIR: scratch.temporary },
    timeoutMs: timeoutMs + ROOM_MS,
    maxBytes: 1024 * 1024,
    // It writes to its stage only, which the next run takes away: it must not be able to hold the node.
    holdsLock: false,
  });
  const isTimeUp = end.status === KILLED && performance.now() - begun >= timeoutMs;
  return { ...end, timedOut: end.timedOut || isTimeUp };
}
