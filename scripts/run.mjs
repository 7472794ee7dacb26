// Runs a development tool on Node.js 24: `node scripts/run.mjs vitest --project unit`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findNode, programOf, root } from './node-runtime.mjs';

/** What can be run by name, and the package whose program it is. */
const TOOLS = {
  biome: ['@biomejs/biome', 'biome'],
  depcruise: ['dependency-cruiser', 'depcruise'],
  'electron-builder': ['electron-builder', 'electron-builder'],
  playwright: ['@playwright/test', 'playwright'],
  tsc: ['typescript-7', 'tsc'],
  vite: ['vite', 'vite'],
  vitest: ['vitest', 'vitest'],
};

const [name, ...args] = process.argv.slice(2);
const node = findNode();
if (!node) {
  console.error('Node.js 24 is needed. Run `npm install` first, or install Node.js 24 from nodejs.org.');
  process.exit(2);
}
const tool = TOOLS[name];
const program = tool ? programOf(...tool) : join(root, 'scripts', `${name}.mjs`);
const result = spawnSync(node, [program, ...args], { cwd: root, stdio: 'inherit' });
if (result.error) console.error(`${name} could not be started: ${result.error.message}`);
process.exit(result.status ?? 1);
