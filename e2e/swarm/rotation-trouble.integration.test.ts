import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { askSwarm } from './testing/ask-swarm.ts';
import { TOKEN_FOLDER, TOKEN_PATH, UNIT } from './testing/dress-node.ts';
import { runConsole } from './testing/swarm-console.ts';
import { openSwarmRoom, type SwarmRoom } from './testing/swarm-room.ts';

const isAsked = process.env.SWARMKEEP_SWARM !== undefined;
const reason = isAsked ? (whyNoTestNode() ?? whyNoSshd()) : 'takes minutes: npm run test:swarm';
const COUNT = 3;
const NEVER = { tendMs: 3_600_000 };

/** An API that answers everything with 200, whatever secret it is sent; or not before ten seconds; or half of an answer. */
const API = {
  lies: "b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}'",
  'answers half': "b'HTTP/1.'",
} as const;

describe('a swarm of which one node is not as it should be', { timeout: 300_000 }, () => {
  let room: SwarmRoom;
  let old = '';
  const { dataFolder, tokens, inForce } = askSwarm(() => room);
  const second = () => {
    const node = room.nodes[1];
    if (node === undefined) throw new Error('no nodes');
    return node;
  };

  beforeAll(async () => {
    if (reason === null) room = await openSwarmRoom(COUNT);
  }, 300_000);
  beforeEach((context) => {
    if (reason !== null) return context.skip(reason);
    old = randomBytes(32).toString('hex');
    room.reset(old);
  });
  afterEach(() => {
    if (reason === null)
      second().run('[ ! -e /run/false-api.pid ] || kill "$(cat /run/false-api.pid)" || true');
  });
  afterAll(() => room?.close());

  /** Takes mycoSwarm's place on the second node as soon as it was restarted; what is there keeps its port. */
  const replaceApi = (answer: string) =>
    second().run(
      `cat > /run/false-api.py <<'END'
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", 7890)); s.listen(64)
while True:
    c, _ = s.accept()
    c.recv(4096); c.sendall(${answer}); c.close()
END
      systemctl stop -- ${UNIT}
      setpriv --reuid=1990 --regid=1990 --clear-groups /usr/bin/python3 /run/false-api.py </dev/null >/dev/null 2>&1 &
      echo $! > /run/false-api.pid
      for n in $(seq 100); do curl -s -m 1 -o /dev/null http://127.0.0.1:7890/ && exit 0; sleep 0.05; done; exit 0`,
    );

  it.each(Object.entries(API))('never calls a node proven whose API %s', async (_name, answer) => {
    replaceApi(answer);
    const folder = dataFolder();
    const end = await runConsole(room, folder, {
      work: 'rotate',
      limits: { settleMs: 6_000, awayMs: 3_000, ...NEVER },
    }).ended;
    const [run] = end.history ?? [];
    const node = run?.nodes.find(({ name }) => name === second().id);
    expect(node?.state, JSON.stringify(run).slice(0, 3_000)).toBe('away');
    expect(run?.stage).toBe('done');
    expect(run?.sentence).toMatch(/^2 nodes proven .* is kept out until rotated\.$/);
    expect(run?.sentence).toContain(second().id);
    expect(node?.message).toContain('It could not be proven in time');
    second().run(`kill $(cat /run/false-api.pid); rm /run/false-api.pid; systemctl restart -- ${UNIT}`);
    const again = await runConsole(room, folder, { work: 'tend', limits: NEVER }).ended;
    expect(again.history?.[0], again.said.slice(-2_000)).toMatchObject({ id: run?.id, stage: 'done' });
    expect(again.history?.[0]?.nodes.map(({ state }) => state)).toEqual(room.nodes.map(() => 'verified'));
    expect(new Set(tokens()).size).toBe(1);
    expect(new Set(inForce())).toEqual(new Set(['200']));
  });

  it('changes nothing anywhere when the secret of one is a link, and says which', async () => {
    second().run(`mv ${TOKEN_PATH} ${TOKEN_FOLDER}/real; ln -s ${TOKEN_FOLDER}/real ${TOKEN_PATH}`);
    const end = await runConsole(room, dataFolder(), { work: 'rotate', limits: NEVER }).ended;
    second().run(`rm -f ${TOKEN_PATH}; mv ${TOKEN_FOLDER}/real ${TOKEN_PATH}`);
    expect(end.plan?.blocked).toContain(second().id);
    expect(end.plan?.blocked).toContain('link');
    expect(end.history).toEqual([]);
    expect(new Set(tokens())).toEqual(new Set([old]));
  });

  it('changes nothing when a node shows another host key, and does not speak with it', async () => {
    const folder = dataFolder();
    await runConsole(room, folder, { work: 'resume' }).ended;
    const key = '/etc/swarm-sshd/host_key';
    // sshd(8) reads its keys again on HUP.
    second().run(
      `cp -p ${key} /run/kept; rm -f /run/other; ssh-keygen -q -t ed25519 -N '' -f /run/other; cat /run/other > ${key}; kill -HUP 1`,
    );
    const end = await runConsole(room, folder, {
      work: 'rotate',
      limits: { awayMs: 1_500, ...NEVER },
    }).ended.finally(() => second().run(`cat /run/kept > ${key}; kill -HUP 1`));
    const seen = end.plan?.nodes.find(({ name }) => name === second().id);
    expect(seen?.part).not.toBe('rotates');
    expect(seen?.why).toMatch(/key/i);
    expect(tokens()[1]).toBe(old);
  });

  it('is rotated once when two consoles begin at the same time', async () => {
    const [one, other] = [dataFolder(), dataFolder()];
    await Promise.all([one, other].map((folder) => runConsole(room, folder, { work: 'resume' }).ended));
    const ends = await Promise.all(
      [one, other].map((folder) => runConsole(room, folder, { work: 'rotate', limits: NEVER }).ended),
    );
    const done = ends.filter(({ history }) => history?.[0]?.stage === 'done');
    expect(done.length, ends.map(({ said }) => said.slice(-1_000)).join('\n')).toBeGreaterThanOrEqual(1);
    for (const { plan, history } of ends)
      if (history?.[0]?.stage !== 'done')
        expect(`${plan?.blocked} ${history?.[0]?.error}`).toMatch(/[Aa]nother/);
    expect(new Set(tokens()).size).toBe(1);
    expect(new Set(inForce())).toEqual(new Set(['200']));
  });
});
