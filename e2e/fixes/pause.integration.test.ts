import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#core/console/clock.ts';
import { openBrakeLine } from '#core/pause/brake-line.ts';
import { createPauseDesk } from '#core/pause/pause-desk.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { type TestNode, whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { installHelper } from '../../electron/helper/testing/install-helper.ts';

/** An account that nobody has. */
const UID = 61_237;
const lacks = whyNoTestNode();

const NODE: SwarmNode = {
  id: 'here',
  name: 'here',
  address: { kind: 'local' },
  addedAt: '2026-11-23T08:00:00.000Z',
  lastLookAt: null,
  lastError: null,
};

let cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.reverse()) await undo();
  cleanUp = [];
});

/** An agent on the node, which has processes of its own. */
function agent({ inside }: TestNode): void {
  const [enter = '', ...rest] = inside;
  const as = ['setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups'];
  const script = 'while :; do sleep 0.05; done';
  // It ends with the node.
  spawn(enter, [...rest, ...as, '/bin/sh', '-c', script], { stdio: 'ignore' }).on('error', () => undefined);
}

/** States of the processes of the agent, as the node itself shows them: `S`, `T`, … */
function statesOn(node: TestNode): string[] {
  const script = `for p in /proc/[0-9]*; do grep -q "^Uid:.*${UID}" $p/status 2>/dev/null && sed -n 's/^State:[^A-Za-z]*\\([A-Za-z]\\).*/\\1/p' $p/status; done; true`;
  return node.run('/bin/sh', '-c', script).split('\n').filter(Boolean);
}

describe.skipIf(lacks !== null)(
  `the brake, with the installed helper${lacks === null ? '' : ` (${lacks})`}`,
  () => {
    it('stops real processes, survives the console, and lets them go', { timeout: 60_000 }, async () => {
      const helper = await installHelper();
      cleanUp.push(() => helper.close());
      const folder = mkdtempSync(join(tmpdir(), 'brake-'));
      cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
      agent(helper.node);
      await until(() => statesOn(helper.node).length > 0);
      const open = () =>
        createPauseDesk({
          dataFolder: folder,
          clock: systemClock,
          nodes: async () => [NODE],
          targets: async () => ({ uids: [UID], units: ['mycoswarm.service'] }),
          open: (node) => openBrakeLine(node, folder, helper.argv),
          keepsOpen: false,
          changed: () => undefined,
          tell: () => undefined,
        });
      const first = open();
      await first.pause();
      await until(() => first.state().nodes[0]?.is === 'paused');
      expect(first.state().nodes[0]?.still).toBeGreaterThan(0);
      expect(new Set(statesOn(helper.node))).toEqual(new Set(['T']));
      await first.close();
      // Nothing else could let them go.
      expect(helper.ask({ version: 1, ask: 'uninstall', force: false })).toMatchObject({
        answer: 'refused',
        refusal: 'busy',
        message: 'Agents are paused on this node. Let them go first: nothing else could.',
      });

      const second = open();
      cleanUp.push(() => second.close());
      expect(second.state().is).toBe('paused');
      await second.look();
      await until(() => second.state().nodes[0]?.is === 'paused');
      await second.resume();
      await until(() => second.state().nodes.length === 0);
      await until(() => statesOn(helper.node).includes('S'));
    });

    it('lets agents go before it goes itself, when it has to', { timeout: 60_000 }, async () => {
      const helper = await installHelper();
      cleanUp.push(() => helper.close());
      agent(helper.node);
      await until(() => statesOn(helper.node).length > 0);
      const freeze = { act: 'freeze', uids: [UID], units: [] };
      expect(helper.ask({ version: 1, ask: 'pause', what: freeze })).toMatchObject({ paused: true });
      expect(new Set(statesOn(helper.node))).toEqual(new Set(['T']));
      expect(helper.ask({ version: 1, ask: 'uninstall', force: true })).toMatchObject({
        answer: 'uninstalled',
      });
      await until(() => statesOn(helper.node).includes('S'));
    });
  },
);

async function until(what: () => boolean): Promise<void> {
  for (let turn = 0; !what(); turn += 1) {
    if (turn > 1_000) throw new Error('It did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
