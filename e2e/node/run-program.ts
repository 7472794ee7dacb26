import { spawn } from 'node:child_process';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Run a program to its end without a shell.
 * @param input written to its standard input
 * @param timeoutMs after which it is killed and the promise is rejected
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { input = '', timeoutMs = 120_000 }: { input?: string; timeoutMs?: number } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A program may end without reading its input; its exit code says whether that was wrong.
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal)
        reject(new Error(`${command} was ended by ${signal} after ${timeoutMs} ms: ${stderr.slice(-500)}`));
      else resolve({ code: code ?? 1, stdout, stderr });
    });
    child.stdin.end(input);
  });
}

/** As {@link runProgram}, and rejects with what was printed when the exit code is not 0. Returns standard output. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options?: { input?: string; timeoutMs?: number },
) {
  const outcome = await runProgram(command, args, options);
  if (outcome.code !== 0)
    throw new Error(`${command} ${args[0] ?? ''} gave ${outcome.code}: ${outcome.stderr.slice(-2_000)}`);
  return outcome.stdout;
}
