// `npm run test:node`: boots a real Debian and tries the product on it. Needs root; minutes, not seconds. The Debian is a container
// with a systemd of its own; with SWARMKEEP_NODE=qemu a machine of its own in software emulation, which takes hours.
import { spawnSync } from 'node:child_process';
import { programOf, root } from './node-runtime.mjs';
import { ensureDebianPackages, ensureNode, ensurePackages, say } from './setup.mjs';

ensurePackages();
const node = ensureNode();
const kind =
  process.env.SWARMKEEP_NODE === 'qemu'
    ? { 'qemu-system-x86': '/usr/bin/qemu-system-x86_64', 'qemu-utils': '/usr/bin/qemu-img' }
    : { 'systemd-container': '/usr/bin/systemd-nspawn' };
const { missing, command } = ensureDebianPackages({
  ...kind,
  mmdebstrap: '/usr/bin/mmdebstrap',
  e2fsprogs: '/usr/sbin/mke2fs',
  'openssh-client': '/usr/bin/ssh',
});
if (missing.length > 0)
  say(`Not installed: ${missing.join(', ')}. The tests are skipped. To have them: ${command}`);
const done = spawnSync(node, [programOf('vitest'), 'run', '--project', 'node', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(done.status ?? 1);
