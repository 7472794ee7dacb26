#!/usr/bin/env node
// The command line from a checkout: `npm run -s swarmkeep -- check --json`. Set-up speaks on standard error only.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './node-runtime.mjs';
import { ensureBuild, ensureNode, ensurePackages } from './setup.mjs';

ensurePackages();
const node = ensureNode();
ensureBuild(node);
const child = spawn(node, [join(root, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 2));
