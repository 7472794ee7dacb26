import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import type { RoomNode } from '../swarm/testing/swarm-room.ts';
import { type IsolationRoom, openIsolationRoom } from './testing/isolation-room.ts';
import { dataFolder, runIsolating, sendPackets, watchNode } from './testing/run-isolating.ts';

const reason = whyNoTestNode();
/** Four nodes each time. On demand: ISOLATION_ROUNDS=5 ISOLATION_SECONDS=60 is twenty of twenty at the time of the product. */
const ROUNDS = Number(process.env.ISOLATION_ROUNDS ?? 1);
const SECONDS = Number(process.env.ISOLATION_SECONDS ?? 25);
const TOLERANCE = 2;
const OTHER = '10.77.0.200';

describe.skipIf(reason !== null)('a node that nobody confirms', () => {
  let room: IsolationRoom;
  const ids = ['node-1', 'node-2', 'node-3', 'node-4'];

  beforeAll(async () => {
    room = await openIsolationRoom(5);
    // Another machine of the LAN, as far as a node can tell.
    room.here('ip', 'address', 'add', `${OTHER}/24`, 'dev', 'br0');
  }, 120_000);
  afterAll(() => room?.close());

  /** When the node itself opened SSH, by the same clock as its cut; asked from inside, so that no login is part of the time. */
  const opened = (index: number): { cut: number; open: number } | null => {
    const said = room.nodes[index]?.run('cat /run/opened 2>/dev/null || true').trim() ?? '';
    const [cut, open] = said.split(' ').map(Number);
    return cut === undefined || open === undefined || Number.isNaN(open) ? null : { cut, open };
  };

  for (let round = 1; round <= ROUNDS; round += 1) {
    it(`opens SSH to the LAN after its time, and nothing else, with its console dead (${round} of ${ROUNDS})`, async () => {
      const folder = dataFolder(room);
      for (const node of room.nodes.slice(0, 4))
        node.run(`rm -f /run/opened; setsid /usr/bin/python3 -S -c '
import subprocess, time
def lan():
    return "169.254.0.0/16" in subprocess.run(["nft", "list", "tables"], capture_output=True, text=True).stdout or "169.254.0.0/16" in subprocess.run(["nft", "list", "table", "inet", "swarmkeep_isolation"], capture_output=True, text=True).stdout
def there():
    return "swarmkeep_isolation" in subprocess.run(["nft", "list", "tables"], capture_output=True, text=True).stdout
while not there(): time.sleep(0.05)
cut = time.clock_gettime(time.CLOCK_BOOTTIME)
while not lan(): time.sleep(0.05)
open("/run/opened", "w").write(f"{cut} {time.clock_gettime(time.CLOCK_BOOTTIME)}")' >/dev/null 2>&1 </dev/null &`);
      const { killed } = await runIsolating(room, {
        ...{ dataFolder: folder, isolate: ids, seconds: SECONDS, byHand: true, killAt: 'before settle' },
      });
      expect(killed).toBe(true);
      const cutAll = () =>
        ids.filter((_, index) => room.nodes[index]?.run('nft list tables').includes('swarmkeep_isolation'));
      // The console died when the first of them was done; those that were told go on by themselves, and no other one is cut.
      await sleep(1_500);
      const cut = cutAll();
      expect(cut.length).toBeGreaterThan(0);
      const login = (index: number) =>
        room.ssh(room.nodes[index] as RoomNode, 'echo in', { from: OTHER }).said;
      const indexes = cut.map((id) => ids.indexOf(id));
      if (SECONDS >= 20) expect(login(indexes[0] ?? 0)).not.toBe('in\n');
      await expect
        .poll(() => indexes.every((index) => opened(index) !== null), {
          timeout: (SECONDS + 20) * 1_000,
          interval: 500,
        })
        .toBe(true);
      for (const index of indexes) {
        const times = opened(index);
        const took = (times?.open ?? 0) - (times?.cut ?? 0);
        expect(Math.abs(took - SECONDS), `${ids[index]} took ${took} s`).toBeLessThanOrEqual(TOLERANCE);
        expect(login(index)).toBe('in\n');
      }
      const stop = await watchNode(room, 0);
      if (indexes.includes(0)) sendPackets(room, 20);
      const seen = await stop();
      // What watches knows the console's address only, so the answers to the other machine count as TCP.
      expect(
        Object.keys(seen).filter(
          (kind) => !['arp', 'neighbour', 'neighbour-longest', 'ssh', 'tcp4'].includes(kind),
        ),
      ).toEqual([]);
      expect(room.nodes[4]?.run('nft list tables')).toContain('swarmkeep_fence');
      // The next console closes it again, and then lets go.
      const back = await runIsolating(room, { dataFolder: folder, work: 'confirm' });
      expect(back.open[0]?.nodes.map(({ state }) => state)).toEqual(ids.map(() => 'kept'));
      const released = await runIsolating(room, { dataFolder: folder, work: 'release' });
      expect(released.open).toEqual([]);
      for (const node of room.nodes) expect(node.run('nft list ruleset')).toBe('');
    }, 600_000);
  }
});
