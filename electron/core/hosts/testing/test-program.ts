import { spawn } from 'node:child_process';

/** For tests: a program of our own that runs beside the test, to be killed by it. */
export interface TestProgram {
  ended(): boolean;
  /** The end of what it printed as errors. */
  errors(): string;
  /** Ends it as a power cut does: it is told nothing. */
  kill(): Promise<void>;
}

/** Starts a TypeScript file with the Node that runs the test. */
export function startTestProgram(file: string, words: readonly string[]): TestProgram {
  const child = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-4_000);
  });
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    ended: () => child.exitCode !== null,
    errors: () => errors,
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
