// `npm run bench`: builds when needed, then measures on Node.js 24 what is promised.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './node-runtime.mjs';
import { ensureBrowser, ensureBuild, ensureDebianPackages, ensureNode, ensurePackages } from './setup.mjs';

ensurePackages();
const node = ensureNode();
ensureBuild(node);
ensureBrowser();
ensureDebianPackages({ lynis: '/usr/sbin/lynis', 'openssh-server': '/usr/sbin/sshd' });
const done = spawnSync(node, [join(root, 'bench', 'main.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(done.status ?? 1);
