import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { type HostError, hostError, type ScriptChannel, type ScriptEnd, type ScriptRun } from './host.ts';

const MAX_STDERR_BYTES = 65_536;
/** How long a process may take to end by itself after its standard input was closed. */
const GRACE_MS = 1_500;

export interface ProcessRun extends Omit<ScriptRun, 'sudo'> {
  program: string;
  arguments: readonly string[];
  environment: NodeJS.ProcessEnv;
  /** Close standard input behind the script: for programs that read it to its end before they answer. */
  endInput?: boolean;
  /** A file that goes to standard input behind the script, which is closed then. */
  inputFile?: string | undefined;
}

/** How a process ended: by itself, or because of us. */
export type ProcessEnd =
  | { how: 'ended'; end: ScriptEnd; receivedBytes: number }
  | { how: 'timed-out' | 'cancelled'; end: ScriptEnd; receivedBytes: number }
  | { how: 'not-started'; error: NodeJS.ErrnoException };

/** Kills the whole process group (the child leads one), and the child where there are no groups. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** A program that was started and not spoken to yet. */
export interface StartedProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** False when it could not be started, or ended already: then it cannot be run any more. */
  isAlive(): boolean;
  /** Ends it and all that it started. */
  discard(): void;
}

/**
 * Starts a program by its argument vector, so that it is ready when it is run.
 * The program leads a session of its own (setsid(2)), so that all it started can be found and ended.
 */
export function startProcess(
  request: Pick<ProcessRun, 'program' | 'arguments' | 'environment'>,
): StartedProcess {
  const child = spawn(request.program, [...request.arguments], {
    cwd: '/',
    env: request.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  child.on('error', () => {}); // whoever runs it is told; one that nobody runs is nobody's error
  child.stdin.on('error', () => {}); // the process ended before it read everything; its exit status tells
  return {
    child,
    isAlive: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    discard() {
      child.stdin.end();
      killGroup(child);
    },
  };
}

/**
 * Sends the script over standard input of a program, leaves that open for the dialogue, and ends the program when time or
 * output is over or the signal fires: first by closing its input, then by KILL.
 * @param started the program, where it was started before
 */
export function runProcess(request: ProcessRun, started?: StartedProcess): Promise<ProcessEnd> {
  if (request.signal?.aborted) {
    started?.discard();
    const end = { exitCode: null, stderr: '', cut: false, tookMs: 0 };
    return Promise.resolve({ how: 'cancelled', end, receivedBytes: 0 });
  }
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const { child } = started ?? startProcess(request);
    const errors: Buffer[] = [];
    let errorBytes = 0;
    let receivedBytes = 0;
    let how: 'ended' | 'timed-out' | 'cancelled' = 'ended';
    let cut = false;
    let killTimer: NodeJS.Timeout | undefined;

    const stop = (reason: typeof how): void => {
      if (killTimer) return;
      how = reason;
      child.stdin.end();
      killTimer = setTimeout(() => killGroup(child), GRACE_MS);
    };
    const onAbort = (): void => stop('cancelled');
    const timer = setTimeout(() => stop('timed-out'), request.timeoutMs);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (result: ProcessEnd): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      request.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };

    const channel: ScriptChannel = {
      write: (text) => {
        if (child.stdin.writable) child.stdin.write(text);
      },
      end: () => child.stdin.end(),
      pause: () => void child.stdout.pause(),
      resume: () => void child.stdout.resume(),
    };
    child.stdout.on('data', (chunk: Buffer) => {
      if (cut) return;
      receivedBytes += chunk.length;
      if (receivedBytes > request.maxStdoutBytes) {
        cut = true;
        child.stdin.end();
        killGroup(child);
        return;
      }
      request.onOutput(chunk, channel);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errorBytes < MAX_STDERR_BYTES) errors.push(chunk.subarray(0, MAX_STDERR_BYTES - errorBytes));
      errorBytes += chunk.length;
    });
    child.once('error', (error) => {
      if (child.pid === undefined) settle({ how: 'not-started', error });
    });
    // A grandchild may keep the pipes open for ever (a process that hangs on a dead mount): do not wait for it.
    child.once('exit', () => setTimeout(() => child.stdout.destroy(), GRACE_MS).unref());
    child.once('exit', () => setTimeout(() => child.stderr.destroy(), GRACE_MS).unref());
    child.once('close', (exitCode) => {
      const stderr = Buffer.concat(errors).toString('utf8');
      settle({ how, end: { exitCode, stderr, cut, tookMs: performance.now() - startedAt }, receivedBytes });
    });
    child.stdin.write(request.script);
    if (request.inputFile !== undefined) {
      const file = createReadStream(request.inputFile);
      // A file that cannot be read to its end must not look like a shorter one: what checks the hash refuses it.
      file.once('error', () => child.stdin.end());
      file.pipe(child.stdin);
    } else if (request.endInput) child.stdin.end();
  });
}

/** The two ends that mean the same on every host. */
export function endedByUs(how: 'timed-out' | 'cancelled'): HostError {
  return how === 'cancelled'
    ? hostError('cancelled', 'The look was cancelled.', 'Start it again when you like.')
    : hostError(
        'timed-out',
        'The node did not answer in time.',
        'Check that it is awake and not overloaded, then look again.',
      );
}
