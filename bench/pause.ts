import { systemClock } from '#core/console/clock.ts';
import { startLoopbackSshd, whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { openBrakeLine } from '#core/pause/brake-line.ts';
import { createPauseDesk, type PauseDesk } from '#core/pause/pause-desk.ts';
import { loopbackNodes } from './loopback-nodes.ts';
import { report, series } from './measure.ts';

const NODES = 50;
const PROMISED = { atMost: 2_000, text: '≤ 2,000 ms' };

/** Stands in for the helper: reads the request and says that all stands still. Its own work is measured on one machine by a test. */
const HELPER = [
  '/bin/sh',
  '-c',
  `read -r request; case $request in *thaw*) paused=false since=null;; *) paused=true since='"2026-11-23T08:00:00.000Z"';; esac; echo "{\\"answer\\":\\"pause\\",\\"paused\\":$paused,\\"since\\":$since,\\"still\\":6,\\"loose\\":[],\\"more\\":0,\\"spared\\":[]}"`,
];

/**
 * Pause all agents of 50 nodes: 50 real SSH connections, to one sshd of this machine, which does the work of 50 machines besides
 * that of the console. Cold: no connection is there. Warm: as left by the pause before.
 */
export async function benchPause(): Promise<void> {
  const why = whyNoSshd();
  if (why !== null) {
    console.log(`Pause of all agents: not measured, ${why}`);
    return;
  }
  const sshd = await startLoopbackSshd(['MaxStartups 200']);
  try {
    const { folder } = sshd;
    const nodes = await loopbackNodes(sshd, NODES);
    const open = (): PauseDesk =>
      createPauseDesk({
        dataFolder: folder,
        clock: systemClock,
        nodes: async () => nodes,
        targets: async () => ({ uids: [998], units: ['mycoswarm.service'] }),
        open: (node) => openBrakeLine(node, folder, HELPER),
        keepsOpen: false,
        changed: () => undefined,
        tell: () => undefined,
      });
    let reached = NODES;
    const paused = async (desk: PauseDesk): Promise<number> => {
      const began = performance.now();
      const state = await desk.pause();
      const took = performance.now() - began;
      reached = Math.min(reached, state.nodes.filter(({ is }) => is === 'paused').length);
      await desk.resume();
      return took;
    };
    const warmDesk = open();
    await paused(warmDesk);
    reached = NODES;
    const warm = await series(5, 'ms', () => paused(warmDesk), 1);
    await warmDesk.close();
    report(
      `Pause all agents, ${NODES} nodes, connections open`,
      warm,
      PROMISED,
      `at least ${reached} of ${NODES} proven by then`,
    );
    reached = NODES;
    const cold = await series(3, 'ms', async () => {
      const desk = open();
      const took = await paused(desk);
      await desk.close();
      return took;
    });
    report(`The same, no connection open`, cold, PROMISED, `at least ${reached} of ${NODES} proven by then`);
  } finally {
    await sshd.close();
  }
}
