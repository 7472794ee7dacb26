import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Watched {
  code: number;
  stdout: string;
  wallMs: number;
  /** Largest resident set of the process itself (VmHWM of /proc/PID/status, proc_pid_status(5)), in MiB. */
  peakMib: number;
}

function highWater(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Run a program to its end and watch its memory every 5 ms. Its exit code is an answer, not an error. */
export function runWatched(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Watched> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
    let stdout = '';
    let peakMib = 0;
    const timer = setInterval(() => {
      peakMib = Math.max(peakMib, highWater(child.pid ?? 0));
    }, 5);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code: code ?? -1, stdout, wallMs: performance.now() - began, peakMib });
    });
  });
}
