#!/usr/bin/env node
// The command line from a checkout: `npm run -s swarmkeep -- check --json`. Set-up speaks on standard error only.
import { spawn } from 'node:child_process';
import { basename, join, relative } from 'node:path';
import { root } from './node-runtime.mjs';
import { ensureBuild, ensureNode, ensurePackages } from './setup.mjs';

// How this was typed, so that hints can be typed too.
function typed() {
  if (process.env.npm_lifecycle_event === 'swarmkeep') return 'npm run -s swarmkeep --';
  const file = process.argv[1] ?? '';
  return basename(file) === 'swarmkeep.mjs' ? `node ${relative(process.cwd(), file)}` : 'swarmkeep';
}

ensurePackages();
const node = ensureNode();
ensureBuild(node);
const child = spawn(node, [join(root, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, SWARMKEEP_COMMAND: typed() },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 2));
