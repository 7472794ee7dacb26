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
 * Makes every file system read-only in a mount namespace of its own, but what the kernel shows as files and the one folder that is
 * given, then starts the rest. What is neither made read-only nor taken away must at least be out of reach below another mount, else
 * nothing is started. In the user namespace that an account can make, these mounts stay locked (mount_namespaces(7)).
 */
const READ_ONLY = `stage=$1; shift
[ -z "$stage" ] || mount --bind -- "$stage" "$stage" || exit 125
while read -r id parent device root point rest; do
  point=$(printf '%b.' "$point"); point=\${point%.}
  case $point in "$stage" | /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) continue ;; esac
  mount -o remount,bind,ro,nosuid -- "$point" 2>/dev/null || umount -l -- "$point" 2>/dev/null || ! mountpoint -q -- "$point" || exit 125
done </proc/self/mountinfo
exec "$@"`;

/**
 * Runs the environment's Python as that account: no capability, no way to get one (setpriv(1)), in a session of its own, so that it
 * has no terminal of the operator to type into (ioctl_tty(2), TIOCSTI), and in a process namespace.
 *
 * Process 1 of that namespace is timeout(1), which is root's: the account can neither end nor outlive it. With process 1 the kernel
 * ends everything in the namespace, whatever it forked and whatever signals it asked for (pid_namespaces(7)); that happens at
 * the limit, as soon as Python ends, and when the helper itself is ended, which both ends of the chain are told by the kernel
 * (prctl(2), PR_SET_PDEATHSIG).
 *
 * It runs outside the limits of the agent's unit, and an agent that has the same account may put itself in its place (ptrace(2)), or
 * into the interpreter: so it can write nowhere but in its stage, and sees no process but its own.
 * @param stage the one folder in which it may write; null for none
 */
export function runPython(
  machine: Machine,
  root: string,
  account: PipAccount,
  args: readonly string[],
  scratch: { home: string; temporary: string },
  timeoutMs: number,
  stage: string | null,
): ProgramEnd {
  const need = (program: string) => needProgram(machine, program);
  for (const program of ['mount', 'umount', 'mountpoint']) need(program);
  const begun = performance.now();
  const end = runProgram(machine, {
    program: 'setpriv',
    arguments: [
      '--pdeathsig=KILL',
      '--',
      need('unshare'),
      '--fork',
      '--pid',
      '--mount-proc',
      '--kill-child',
      '--',
      need('sh'),
      '-c',
      READ_ONLY,
      'sh',
      stage ?? '',
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
