import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { askSwarm } from './testing/ask-swarm.ts';
import { TOKEN_PATH } from './testing/dress-node.ts';
import { runConsole } from './testing/swarm-console.ts';
import { openSwarmRoom, type SwarmRoom } from './testing/swarm-room.ts';
import { filesBelow, watchRoom } from './testing/watch-room.ts';

const reason = whyNoTestNode() ?? whyNoSshd();
const COUNT = Number(process.env.SWARMKEEP_SWARM ?? 10);

describe(`a swarm of ${COUNT} real nodes`, { timeout: 300_000 }, () => {
  let room: SwarmRoom;
  let old = '';
  const { dataFolder, tokens, inForce } = askSwarm(() => room);

  beforeAll(async () => {
    if (reason !== null) return;
    room = await openSwarmRoom(COUNT);
  }, 300_000);
  beforeEach((context) => {
    if (reason !== null) return context.skip(reason);
    old = randomBytes(32).toString('hex');
    room.reset(old);
  });
  afterAll(() => room?.close());

  it('has a new secret on every node after one click, which is nowhere but in their files', async () => {
    const watch = watchRoom(room);
    const folder = dataFolder();
    const end = await runConsole(room, folder, { work: 'rotate' }).ended;
    const seen = await watch.stop();
    const [run] = end.history ?? [];
    expect(end.plan?.blocked, end.said.slice(-3_000)).toBe(null);
    expect(run, JSON.stringify(run, null, 1).slice(0, 4_000)).toMatchObject({ stage: 'done', error: null });
    const [secret = '', ...others] = new Set(tokens());
    expect([secret === old, others]).toEqual([false, []]);
    expect(new Set(inForce())).toEqual(new Set(['200']));
    expect(run?.nodes.every(({ oldRefused, newProven }) => oldRefused && newProven)).toBe(true);
    const bytes = Buffer.from(secret, 'hex');
    const forms = [
      secret,
      secret.toUpperCase(),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      Buffer.from(secret).toString('base64').slice(0, 80),
    ];
    const raw = [...forms.map((form) => Buffer.from(form)), bytes];
    const leaks = (where: string, data: Buffer) => raw.filter((form) => data.includes(form)).map(() => where);
    const kept = filesBelow(folder).flatMap((path) => leaks(path, readFileSync(path)));
    const onNodes = room.nodes.flatMap((node) => node.filesWith(forms).filter((path) => path !== TOKEN_PATH));
    expect(seen.frames.length).toBeGreaterThan(1_000 * COUNT);
    expect(seen.processes.toString('latin1')).toContain('swarmkeep-helper');
    // What is looked for can be found: the secret that was in force before goes over the network once it is worth nothing.
    expect(seen.frames.includes(Buffer.from(old))).toBe(true);
    expect({
      records: kept,
      said: leaks('what the console said', Buffer.from(end.said)),
      processes: leaks('arguments or environment', seen.processes),
      packets: leaks('packets', seen.frames),
      onNodes,
    }).toEqual({ records: [], said: [], processes: [], packets: [], onNodes: [] });
  });

  it('leaves nodes out that are away, keeps them out, and finishes them when they are back', async () => {
    const away = room.nodes[1];
    const first = room.nodes[0];
    if (!away || !first) throw new Error('no nodes');
    const folder = dataFolder();
    // Its nodes are added while all are there.
    await runConsole(room, folder, { work: 'resume' }).ended;
    room.plug(away, false);
    const limits = { awayMs: 1_500 };
    const end = await runConsole(room, folder, {
      work: 'rotate',
      wish: { emergency: true },
      limits,
    }).ended.finally(() => room.plug(away, true));
    const [run] = end.history ?? [];
    expect(run).toMatchObject({ stage: 'done' });
    expect(run?.nodes.filter(({ state }) => state === 'away').map(({ name }) => name)).toEqual([away.id]);
    expect(first.run('nft list table inet swarmkeep_rotation')).not.toContain(away.address);
    const before = tokens();
    expect([before[0] === old, before[1] === old]).toEqual([false, true]);
    const back = await runConsole(room, folder, { work: 'tend', limits: { tendMs: 3_600_000 } }).ended;
    expect(back.history?.[0]?.nodes.map(({ state }) => state)).toEqual(room.nodes.map(() => 'verified'));
    expect(new Set(tokens())).toEqual(new Set([before[0]]));
    expect(() => first.run('nft list table inet swarmkeep_rotation')).toThrow(/No such file/);
  });

  // Every other boundary: npm run test:swarm.
  it.each(['torn decided'])('loses nothing when the console is killed at: %s', async (killAt) => {
    const folder = dataFolder();
    const killed = await runConsole(room, folder, { work: 'rotate', killAt }).ended;
    expect(killed.killed, killed.said.slice(-2_000)).toBe(true);
    const end = await runConsole(room, folder, { work: 'resume' }).ended;
    const [run, ...more] = end.history ?? [];
    expect(more).toEqual([]);
    expect(run).toMatchObject({ id: killed.plan?.id, stage: 'done', error: null });
    expect(new Set(tokens()).size).toBe(1);
    expect(new Set(inForce())).toEqual(new Set(['200']));
  });
});
