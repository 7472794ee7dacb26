import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { askSwarm } from './testing/ask-swarm.ts';
import { type Figures, figuresLine, figuresOf } from './testing/figures.ts';
import { runConsole } from './testing/swarm-console.ts';
import { openSwarmRoom, type SwarmRoom } from './testing/swarm-room.ts';

const COUNT = Number(process.env.SWARMKEEP_SWARM ?? 0);
const TURNS = Number(process.env.SWARMKEEP_TURNS ?? 3);
/** A person reads them, whatever the tests say of them. */
const tell = (line: string): boolean => process.stdout.write(`${line}\n`);
const reason = COUNT === 0 ? 'takes minutes: npm run test:swarm' : (whyNoTestNode() ?? whyNoSshd());

describe(`what a rotation of ${COUNT} nodes takes`, { timeout: 3_600_000 }, () => {
  let room: SwarmRoom;
  const { dataFolder, tokens, inForce } = askSwarm(() => room);

  beforeAll(async () => {
    if (reason === null) room = await openSwarmRoom(COUNT);
  }, 600_000);
  beforeEach((context) => {
    if (reason !== null) return context.skip(reason);
  });
  afterAll(() => room?.close());

  it('is as promised: staged in 8 s, split for 3 s, done in 20 s', async () => {
    room.reset(randomBytes(32).toString('hex'));
    const folder = dataFolder();
    // Its nodes are added, and their helpers know their runtime.
    await runConsole(room, folder, { work: 'resume' }).ended;
    const all: Figures[] = [];
    for (let turn = 1; turn <= TURNS; turn += 1) {
      const end = await runConsole(room, folder, { work: 'rotate' }).ended;
      expect(end.history?.[0], end.said.slice(-3_000)).toMatchObject({ stage: 'done', error: null });
      expect(end.history?.[0]?.nodes.map(({ state }) => state)).toEqual(room.nodes.map(() => 'verified'));
      const figures = figuresOf(end);
      tell(figuresLine(`rotation ${turn} of ${COUNT} nodes`, { ...figures }));
      all.push(figures);
    }
    expect(new Set(tokens()).size).toBe(1);
    expect(new Set(inForce())).toEqual(new Set(['200']));
    const worst = (name: keyof Figures) => Math.max(...all.map((one) => one[name]));
    expect({
      stage: worst('stage') <= 8_000,
      split: worst('split') <= 3_000,
      total: worst('total') <= 20_000,
    }).toEqual({
      stage: true,
      split: true,
      total: true,
    });
  });

  it.each([1, 10, 49].filter((away) => away < COUNT))(
    'finishes without %i nodes that are away',
    async (count) => {
      const old = randomBytes(32).toString('hex');
      room.reset(old);
      const folder = dataFolder();
      await runConsole(room, folder, { work: 'resume' }).ended;
      const away = room.nodes.slice(0, count);
      const rest = room.nodes.slice(count);
      for (const node of away) room.plug(node, false);
      const limits = { awayMs: 1_500 };
      const end = await runConsole(room, folder, { work: 'rotate', limits }).ended.finally(() => {
        for (const node of away) room.plug(node, true);
      });
      const [run] = end.history ?? [];
      expect(run, end.said.slice(-3_000)).toMatchObject({ stage: 'done' });
      tell(figuresLine(`${count} of ${COUNT} away`, { ...figuresOf(end) }));
      const named = run?.nodes.filter(({ state }) => state === 'away').map(({ name }) => name);
      expect(named?.toSorted()).toEqual(away.map(({ id }) => id).toSorted());
      // None of them is within reach of those that have the new secret.
      for (const node of rest) {
        const fence = node.run('nft list table inet swarmkeep_rotation');
        for (const { address } of away)
          expect(fence).not.toMatch(new RegExp(`${address.replaceAll('.', '\\.')}\\b(?!.*drop)`));
      }
      const before = tokens();
      expect(new Set(before.slice(0, count))).toEqual(new Set([old]));
      const [secret, ...more] = new Set(before.slice(count));
      expect([secret === old, more]).toEqual([false, []]);
      const back = await runConsole(room, folder, { work: 'tend', limits: { tendMs: 3_600_000 } }).ended;
      expect(back.history?.[0]?.nodes.map(({ state }) => state)).toEqual(room.nodes.map(() => 'verified'));
      expect(new Set(tokens())).toEqual(new Set([secret]));
    },
  );
});
