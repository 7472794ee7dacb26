// `npm run test:swarm -- [NODES [KILLS [STRANGERS]]]`: the rotation of the swarm's secret on real nodes in namespaces of this machine: 50 of
// them, or as many as are said; the console killed at every boundary of its journal and so many times at random; and so many runs beside a
// stranger that announces itself. Needs root, sshd, nft and Python, and about 120 MB of memory for each node.
import { spawnSync } from 'node:child_process';
import { findNode, programOf, root } from './node-runtime.mjs';

const [nodes = '50', kills = '500', strangers = '200'] = process.argv.slice(2);
if (![nodes, kills, strangers].every((one) => /^\d{1,4}$/.test(one))) {
  console.error('Usage: npm run test:swarm -- [nodes [kills [runs beside a stranger]]]');
  process.exit(2);
}
const env = {
  ...process.env,
  SWARMKEEP_SWARM: nodes,
  SWARMKEEP_KILLS: kills,
  SWARMKEEP_STRANGERS: strangers,
};
const args = [programOf('vitest', 'vitest'), 'run', '--project', 'swarm'];
process.exit(spawnSync(findNode(), args, { cwd: root, env, stdio: 'inherit' }).status ?? 1);
