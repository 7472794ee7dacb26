import { spawnSync } from 'node:child_process';
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { ENVIRONMENT, type Machine } from '../machine.ts';
import { Refused } from '../refused.ts';

export interface ProgramRun {
  program: string;
  arguments: readonly string[];
  /** Bytes for standard input, or an open descriptor to read from. */
  input?: Uint8Array | number;
  /** Further descriptors, from 3 upwards. */
  descriptors?: readonly number[];
  environment?: Record<string, string>;
  timeoutMs?: number;
  /** Bounds standard output and standard error each. */
  maxBytes?: number;
  uid?: number;
  gid?: number;
  /** False for programs that start lasting ones (package managers): these would hold the node's lock for ever. */
  holdsLock?: boolean;
}

export interface ProgramEnd {
  /** null when it was ended by a signal. */
  status: number | null;
  output: Buffer;
  errors: string;
  timedOut: boolean;
  /** Output was cut at `maxBytes`, and the program ended because of it. */
  cut: boolean;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The absolute path of a program in the machine's fixed folders, or null. Only a file that root alone can write is taken:
 * a program in a folder that others can write is no program of the system.
 */
export function findProgram(machine: Machine, name: string): string | null {
  for (const folder of machine.programFolders) {
    const path = `${folder}/${name}`;
    try {
      const real = realpathSync(path);
      const file = statSync(real);
      const holder = lstatSync(real.slice(0, real.lastIndexOf('/')) || '/');
      const safe =
        file.uid === 0 && (file.mode & 0o022) === 0 && holder.uid === 0 && (holder.mode & 0o022) === 0;
      if (file.isFile() && (file.mode & 0o111) !== 0 && safe) return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** As `findProgram`; refuses `missing-tool` when it is not there. */
export function needProgram(machine: Machine, name: string): string {
  const path = findProgram(machine, name);
  if (path === null)
    throw new Refused('missing-tool', `This needs the program ${name}, which is not on this node.`);
  return path;
}

/**
 * Runs one program without a shell: argument vector, the fixed environment, a time limit (SIGKILL), bounded output.
 * Refuses `missing-tool` and `timed-out`; what its exit status means is the caller's.
 */
export function runProgram(machine: Machine, run: ProgramRun): ProgramEnd {
  const path = needProgram(machine, run.program);
  const fromDescriptor = typeof run.input === 'number';
  const end = spawnSync(path, [...run.arguments], {
    argv0: path,
    cwd: '/',
    env: { ...ENVIRONMENT, ...run.environment },
    input: fromDescriptor ? undefined : (run.input as Uint8Array | undefined),
    stdio: [
      fromDescriptor ? (run.input as number) : run.input === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(run.descriptors ?? []),
      // A child that outlives a killed helper keeps the node locked until it has ended.
      ...(machine.lock !== undefined && run.holdsLock !== false ? [machine.lock] : []),
    ],
    timeout: run.timeoutMs ?? TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: run.maxBytes ?? MAX_BYTES,
    uid: run.uid,
    gid: run.gid,
  });
  const code = end.error !== undefined && 'code' in end.error ? end.error.code : undefined;
  const cut = code === 'ENOBUFS';
  const timedOut = code === 'ETIMEDOUT';
  if (end.error !== undefined && !cut && !timedOut && code !== 'EPIPE')
    throw new Refused('program-failed', `${run.program} could not be started: ${end.error.message}`);
  return {
    status: end.status,
    output: end.stdout ?? Buffer.alloc(0),
    errors: (end.stderr ?? Buffer.alloc(0)).toString('utf8').slice(0, 16_384),
    timedOut,
    cut,
  };
}

/** Runs a program that has to end with status 0; refuses `timed-out` and `program-failed` with its own words. */
export function mustRun(machine: Machine, run: ProgramRun): ProgramEnd {
  const end = runProgram(machine, run);
  refuseFailed(run.program, run.timeoutMs ?? TIMEOUT_MS, end);
  return end;
}

/** Refuses `timed-out`, `read-only`, `no-space` and `program-failed` for a program that did not end with status 0. */
export function refuseFailed(program: string, timeoutMs: number, end: ProgramEnd): void {
  if (end.timedOut) throw new Refused('timed-out', `${program} did not end within ${timeoutMs / 1_000} s.`);
  if (end.status === 0 && !end.cut) return;
  const words = end.errors.trim() || end.output.toString('utf8').trim();
  if (/read-only file system/i.test(words)) throw new Refused('read-only', words);
  if (/no space left|disk quota exceeded/i.test(words)) throw new Refused('no-space', words);
  throw new Refused(
    'program-failed',
    `${program} ended with ${end.status ?? 'a signal'}: ${words.slice(0, 900)}`,
  );
}
