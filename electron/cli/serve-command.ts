import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { couldNot, EXIT } from './failure.ts';

/**
 * `swarmkeep serve`: hands the terminal over to the program of the web shell, a room of its own beside this one.
 * @param args as given after `serve`; that program reads them itself
 * @returns its exit code; 0 when a signal ended it
 */
export function serve(args: readonly string[]): Promise<number> {
  const program = ['../web/main.js', '../web/main.ts']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (program === undefined) throw couldNot('The web shell was not built.', 'Run: npm run build');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => child.kill(signal));
    child.once('error', (error) => reject(couldNot(`The web shell could not be started: ${error.message}`)));
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? EXIT.couldNot) : EXIT.fine));
  });
}
