// Says how far something is that blocks the set-up: run beside it as a process of its own. Plain JavaScript for Node 20.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);

/**
 * @param {number} seconds since it began
 * @param {number} done how many of `total` are there; `total` 0: nothing can be counted
 * @returns {string} `Installing: 120 of 334 packages, 0:23 so far`
 */
export function progressWords(title, seconds, done, total) {
  const elapsed = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')} so far`;
  return total === 0
    ? `${title}: ${elapsed}`
    : `${title}: ${Math.min(done, total)} of ${total} packages, ${elapsed}`;
}

/** @returns {number} packages in a folder of packages, those of scopes and of packages within packages too */
export function countPackages(folder) {
  let count = 0;
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    count += name.startsWith('@') ? countPackages(path) : 1 + countPackages(join(path, 'node_modules'));
  }
  return count;
}

/**
 * Tells every second on a terminal, in one line that is written over; else every 15 seconds, a line each. It ends with the
 * returned function, and by itself when this process is gone.
 * @param {{ folder: string, total: number } | null} packages what is counted
 * @returns {() => void} ends it
 */
export function sayProgress(title, packages = null) {
  const child = spawn(
    process.execPath,
    [
      here,
      title,
      packages?.folder ?? '',
      String(packages?.total ?? 0),
      process.stderr.isTTY ? 'line' : 'lines',
    ],
    { stdio: ['ignore', 'ignore', 2] },
  );
  child.on('error', () => undefined);
  child.unref();
  return () => child.kill();
}

if (process.argv[1] === here) {
  const [title = '', folder = '', total = '0', how] = process.argv.slice(2);
  const [began, parent] = [Date.now(), process.ppid];
  const say = (end) =>
    process.stderr.write(
      `${how === 'line' ? '\r\u001b[K' : ''}${progressWords(title, (Date.now() - began) / 1000, folder === '' ? 0 : countPackages(folder), Number(total))}${end}`,
    );
  process.on('SIGTERM', () => {
    if (how === 'line') say('\n');
    process.exit(0);
  });
  setInterval(
    () => (process.ppid === parent ? say(how === 'line' ? '' : '\n') : process.exit(0)),
    how === 'line' ? 1_000 : 15_000,
  );
}
