// `npm run torture:follow -- [KILLS [SSH-KILLS]]`: kills a follower again and again while its log is written to and rotated in every
// way, here and over a loopback sshd, and compares what it committed with what was written; before that, random histories on a model
// of a disk. Prints one line of JSON for each way of rotating. FOLLOW_SEED repeats the choices of a run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { findNode, programOf, root } from './node-runtime.mjs';

const [kills = '1000', sshKills = '60'] = process.argv.slice(2);
if (!/^\d{1,6}$/.test(kills) || !/^\d{1,6}$/.test(sshKills)) {
  console.error('Usage: npm run torture:follow -- [kills [kills over SSH]]');
  process.exit(2);
}
const node = findNode();
const cache = mkdtempSync(join(tmpdir(), 'swarmkeep-torture-cache-'));
const follow = join(root, 'electron/core/audit/follow');
const program = join(cache, 'follower.mjs');
// Most of what a follower costs that lives for a moment is reading its own program: that is one file, and is kept compiled.
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: cache,
  FOLLOW_PROGRAM: program,
  FOLLOW_HISTORIES: process.env.FOLLOW_HISTORIES ?? kills,
  FOLLOW_KILLS: kills,
  FOLLOW_SSH_KILLS: String(Math.ceil(Number(sshKills) / 3)),
};
const run = (args) => spawnSync(node, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
const vitest = (project, ...args) =>
  run([programOf('vitest', 'vitest'), 'run', '--project', project, ...args]);
let failed = 0;
try {
  const bundle = await rolldown({ input: join(follow, 'testing/torture-follower.ts'), platform: 'node' });
  await bundle.write({ dir: cache, format: 'esm', entryFileNames: 'follower.mjs' });
  failed |= vitest('unit', join(follow, 'files/every-rotation'));
  failed |= vitest('integration', join(follow, 'local/torture'));
  if (Number(sshKills) > 0)
    failed |= vitest('integration', join(follow, 'remote/remote-reach'), '-t', 'loses and doubles');
} finally {
  rmSync(cache, { recursive: true, force: true });
}
process.exit(failed);
