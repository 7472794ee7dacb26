import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { askSwarm } from './testing/ask-swarm.ts';
import { TOKEN_PATH } from './testing/dress-node.ts';
import { runConsole } from './testing/swarm-console.ts';
import { openSwarmRoom, type SwarmRoom } from './testing/swarm-room.ts';

const KILLS = Number(process.env.SWARMKEEP_KILLS ?? 0);
const STRANGERS = Number(process.env.SWARMKEEP_STRANGERS ?? 0);
const reason =
  KILLS === 0 && STRANGERS === 0 ? 'takes hours: npm run test:swarm' : (whyNoTestNode() ?? whyNoSshd());
/** Kills need no large swarm, and there are many of them. */
const COUNT = 4;

/** Every boundary of the journal: before a write, while it is under way, and after it. */
const BOUNDARIES = [
  'planned',
  'seal',
  'generated',
  'node fenced',
  'node staged',
  'staged',
  'decided',
  'node armed',
  'node committed',
  'committed',
  'node verified',
  'verified',
  'old-destroyed',
  'done',
].flatMap((point) => ['before', 'torn', 'after'].map((when) => `${when} ${point}`));

describe('a swarm, again and again', { timeout: 86_400_000 }, () => {
  let room: SwarmRoom;
  let old = '';
  const { dataFolder, tokens, inForce } = askSwarm(() => room);
  /** mycoSwarm on every node hands a task to all peers that it knows, with its secret. */
  const route = () => {
    for (const node of room.nodes)
      node.run(
        `printf 'header = "X-Swarm-Token: %s"\\n' "$(cat ${TOKEN_PATH})" | curl -s -m 30 -o /dev/null -K - -d '{"route":true}' http://127.0.0.1:7890/task/submit || true`,
      );
  };

  beforeAll(async () => {
    if (reason === null) room = await openSwarmRoom(COUNT, { discovery: true });
  }, 300_000);
  beforeEach((context) => {
    if (reason !== null) return context.skip(reason);
    old = randomBytes(32).toString('hex');
    room.reset(old);
  });
  afterAll(() => room?.close());

  const killed = async (work: Record<string, unknown>) => {
    const folder = dataFolder();
    const first = await runConsole(room, folder, { work: 'rotate', ...work }).ended;
    const began = first.plan !== null && (await runConsole(room, folder, { work: 'resume' }).ended).history;
    const [run, ...more] = began === false || began === null ? [] : began;
    expect(more).toEqual([]);
    const now = tokens();
    expect(new Set(inForce())).toEqual(new Set(['200']));
    expect(new Set(now).size).toBe(1);
    if (run === undefined) return expect(now[0]).toBe(old);
    expect(run).toMatchObject({ id: first.plan?.id, stage: 'done', error: null });
    expect(now[0]).not.toBe(old);
  };

  it.each(KILLS === 0 ? [] : BOUNDARIES)('loses nothing when the console is killed %s', async (killAt) => {
    await killed({ killAt });
  });

  it('loses nothing when the console is killed at any time', async () => {
    for (let turn = 0; turn < KILLS; turn += 1) {
      await killed({ killAfterMs: randomInt(8_000) });
      old = randomBytes(32).toString('hex');
      room.reset(old);
    }
  });

  it('hands its secret to a stranger without the fence: else the next test proves nothing', async () => {
    const stranger = room.stranger('10.77.0.200');
    try {
      await expect
        .poll(
          () => {
            route();
            return stranger.tokens();
          },
          { timeout: 120_000, interval: 1_000 },
        )
        .toContain(old);
    } finally {
      stranger.close();
    }
  });

  it('never hands its new secret to a stranger that announces itself', async () => {
    const stranger = room.stranger('10.77.0.201');
    try {
      for (let turn = 0; turn < Math.max(1, STRANGERS); turn += 1) {
        const running = runConsole(room, dataFolder(), { work: 'rotate' });
        const tasks = setInterval(route, 700);
        const end = await running.ended.finally(() => clearInterval(tasks));
        route();
        expect(end.history?.[0]).toMatchObject({ stage: 'done', strangers: [{ address: '10.77.0.201' }] });
        for (const secret of new Set(tokens())) expect(stranger.tokens()).not.toContain(secret);
        old = randomBytes(32).toString('hex');
        room.reset(old);
      }
    } finally {
      stranger.close();
    }
  });
});
