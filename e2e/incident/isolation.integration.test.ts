import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import type { IsolatedNode, Isolation } from '#shared/domain/incident/isolation.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import { type IsolationRoom, openIsolationRoom, sixOf } from './testing/isolation-room.ts';
import { dataFolder, runIsolating, sendPackets, watchNode } from './testing/run-isolating.ts';

const reason = whyNoTestNode();
/** Packets of each of eleven kinds; 910 make ten thousand. */
const EACH = Number(process.env.ISOLATION_PACKETS ?? 100);
const LOGINS = Number(process.env.ISOLATION_LOGINS ?? 10);
/** What may leave an isolated node: ARP, neighbour discovery, answers of SSH to the console. */
const MAY_LEAVE = ['arp', 'neighbour', 'neighbour-longest', 'ssh'];

const leaked = (seen: Record<string, number>) =>
  Object.entries(seen).filter(([kind]) => !MAY_LEAVE.includes(kind));
const first = (isolation: Isolation | undefined): IsolatedNode => {
  const node = isolation?.nodes[0];
  if (node === undefined) throw new Error('Nothing is isolated');
  return node;
};
const layer = (node: IsolatedNode, name: string) => node.layers.filter((one) => one.layer === name);

describe.skipIf(reason !== null)('an isolation of a real node', () => {
  let room: IsolationRoom;
  let folder = '';
  const at = (index: number) => room.nodes[index] as IsolationRoom['nodes'][number];

  /** A connection, or its refusal, is an answer of who is there. */
  const reach = (from: number, address: string, port: number): string =>
    at(from)
      .run(
        `/usr/bin/python3 -S -c '
import socket
try: socket.create_connection(("${address}", ${port}), 1); print("through")
except ConnectionRefusedError: print("through")
except OSError: print("stopped")'`,
      )
      .trim();

  beforeAll(async () => {
    room = await openIsolationRoom(3);
    room.reset('7'.repeat(64));
  }, 120_000);
  beforeEach(() => {
    folder = dataFolder(room);
  });
  afterEach(async () => {
    const open = await runIsolating(room, { dataFolder: folder, work: 'go-on' });
    if (open.open.length > 0)
      await runIsolating(room, { dataFolder: folder, work: 'release', withoutNode: true });
  }, 120_000);
  afterAll(() => room?.close());

  it('lets nothing out, keeps the way of the console, and lets everything go again', async () => {
    const { plan, ordered, twice, open } = await runIsolating(room, { dataFolder: folder });
    expect(plan?.nodes[0]?.text).toContain('table netdev swarmkeep_isolation');
    expect(ordered).toMatchObject({ id: plan?.id });
    expect(twice).toMatchObject({ id: plan?.id });
    const node = first(open[0]);
    expect(node).toMatchObject({ state: 'kept', stepsDownAt: null, tampered: { times: 0 } });
    expect(node.cutMs).toBeGreaterThan(0);
    expect(node.snapshot).toMatch(/^[0-9a-f]{64}$/);
    expect(node.layers.map(({ layer: name, is }) => `${name} ${is}`).sort()).toEqual(
      ['addresses', 'boot', 'egress', 'peer', 'peer', 'rules', 'snapshot', 'sockets', 'timer'].map(
        (name) => `${name} holds`,
      ),
    );
    expect(layer(node, 'peer').every(({ proof }) => proof.includes('by hardware address and address'))).toBe(
      true,
    );
    const asExpected = node.probes.filter(({ expected, outcome }) => expected === outcome);
    expect(node.probes.filter(({ outcome }) => outcome !== 'unknown')).toEqual(asExpected);
    expect(asExpected.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['tcp', 'udp', 'dns', 'mdns', 'ssh']),
    );
    const stop = await watchNode(room, 0);
    const sent = sendPackets(room, EACH);
    let logins = 0;
    for (let login = 0; login < LOGINS; login += 1)
      logins += room.ssh(at(0), 'echo in').said === 'in\n' ? 1 : 0;
    const seen = await stop();
    expect({ sent, leaked: leaked(seen), logins }).toEqual({ sent: 11 * EACH, leaked: [], logins: LOGINS });
    expect(seen.ssh).toBeGreaterThan(0);
    const released = await runIsolating(room, { dataFolder: folder, work: 'release' });
    expect(released.open).toEqual([]);
    expect(released.last).toMatchObject({
      endedAt: expect.any(String),
      nodes: [{ state: 'released', couldUndo: [] }],
    });
    for (const each of room.nodes) expect(each.run('nft list ruleset')).toBe('');
    expect(at(0).run('ls /etc/systemd/system/swarmkeep-isolation.service 2>&1 || true')).toContain(
      'No such file',
    );
    // The same packets do get out of a node that is not isolated: what watched can see them.
    const again = await watchNode(room, 0);
    sendPackets(room, 3);
    expect(
      leaked(await again())
        .map(([kind]) => kind)
        .sort(),
    ).toEqual(['0x88b5', 'tcp4', 'tcp6', 'udp4', 'udp6']);
  }, 600_000);

  it('ends what was open before, and what was established says nothing more', async () => {
    at(1).run(
      `setsid /usr/bin/python3 -S -c '
import socketserver
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(64): self.request.sendall(data)
socketserver.ThreadingTCPServer(("0.0.0.0", 5555), Echo).serve_forever()' >/dev/null 2>&1 </dev/null &`,
    );
    at(0).run(
      `setsid /usr/bin/python3 -S -c '
import socket, time
for _ in range(100):
    try: one = socket.create_connection(("${at(1).address}", 5555)); break
    except OSError: time.sleep(0.05)
one.settimeout(0.2)
while True:
    try: one.sendall(b"x"); got = one.recv(1)
    except TimeoutError: continue
    except OSError as error: open("/run/session", "a").write(f"{error.errno}\\n"); break
    open("/run/session", "a").write("." if got else "0\\n")
    time.sleep(0.005)' >/dev/null 2>&1 </dev/null &`,
    );
    await expect.poll(() => at(0).run('cat /run/session 2>/dev/null | tail -c 3 || true')).toBe('...');
    const { open } = await runIsolating(room, { dataFolder: folder });
    const node = first(open[0]);
    expect(node.socketsEnded).toBeGreaterThan(0);
    expect(node.socketsLeft).toBe(0);
    const said = at(0).run('cat /run/session');
    await sleep(500);
    expect(at(0).run('cat /run/session')).toBe(said);
    at(1).run("pkill -f '[s]ocketserver' || true");
  }, 120_000);

  it('is dropped by peers that have forgotten who it is, and comes back after `nft flush ruleset`', async () => {
    for (const each of room.nodes) each.run('ip neigh flush all');
    await runIsolating(room, { dataFolder: folder });
    for (const index of [0, 1]) at(index).run('nft flush ruleset; ip neigh flush all');
    const stands = (index: number) => at(index).run('nft list tables').split('\n').filter(Boolean).length;
    await expect.poll(() => [stands(0), stands(1)], { timeout: 20_000, interval: 200 }).toEqual([2, 2]);
    await expect
      .poll(
        async () =>
          first((await runIsolating(room, { dataFolder: folder, work: 'confirm' })).open[0]).tampered.times,
        { timeout: 60_000 },
      )
      .toBeGreaterThan(0);
    const stop = await watchNode(room, 0);
    sendPackets(room, 5);
    expect(leaked(await stop())).toEqual([]);
    // Root took all of it away for good: what is left is what its peers do, and that is enough.
    at(0).run("pkill -KILL -f '[k]eep-isolated'; nft flush ruleset");
    expect([reach(1, at(0).address, 22), reach(1, sixOf(at(0)), 22)]).toEqual(['stopped', 'stopped']);
    expect([reach(0, at(1).address, 22), reach(0, sixOf(at(1)), 22)]).toEqual(['stopped', 'stopped']);
    at(1).run("pkill -KILL -f '[k]eep-isolated'; nft flush ruleset");
    expect([reach(1, at(0).address, 22), reach(1, sixOf(at(0)), 22)]).toEqual(['through', 'through']);
  }, 180_000);

  it('is confirmed over a fresh connection only, and held by one order only', () => {
    const isolation = '5'.repeat(32);
    const cut: IsolateAct = { act: 'cut', isolation, scope: 'node', uids: [], sshPort: 22, seconds: 120 };
    expect(room.ask(at(0), cut, 'shared')).toMatchObject({
      answer: 'isolation-cut',
      own: { is: 'cut', keeper: true },
    });
    expect(room.ask(at(0), { act: 'confirm', isolation }, 'shared')).toMatchObject({
      answer: 'refused',
      refusal: 'bad-request',
    });
    const other = '6'.repeat(32);
    const others: IsolateAct[] = [
      { ...cut, isolation: other },
      { act: 'release', isolation: other },
    ];
    for (const what of others)
      expect(room.ask(at(0), what)).toMatchObject({ answer: 'refused', refusal: 'busy' });
    expect(room.ask(at(0), { act: 'confirm', isolation })).toMatchObject({
      own: { is: 'confirmed', boot: true, leftSeconds: null },
    });
    // As a start of the machine does it: no rules are there, and only the record says what to load.
    at(0).run(
      "pkill -KILL -f '[k]eep-isolated'; nft flush ruleset; /usr/local/libexec/swarmkeep/swarmkeep-helper --isolate-at-boot",
    );
    expect(at(0).run('nft list tables').trim().split('\n').sort()).toEqual([
      'table inet swarmkeep_isolation',
      'table netdev swarmkeep_isolation',
    ]);
    expect(room.ask(at(0), { act: 'release', isolation })).toMatchObject({ own: null });
    expect(at(0).run('nft list ruleset')).toBe('');
  }, 120_000);

  it('keeps the address of a lease that ended', async () => {
    at(0).run(`ip address change ${at(0).address}/24 dev eth0 valid_lft 90 preferred_lft 90`);
    await runIsolating(room, { dataFolder: folder });
    expect(at(0).run('ip address show dev eth0')).not.toMatch(/inet .*\n\s+valid_lft \d+sec/);
    // As a client of DHCP does when nobody renews: it takes away the address, and with it the routes.
    at(0).run(`ip address del ${at(0).address}/24 dev eth0`);
    await expect
      .poll(() => room.ssh(at(0), 'ip route show default').said, { timeout: 20_000, interval: 500 })
      .toContain('default via 10.77.0.1');
  }, 120_000);

  it('is contained by its peers when it hangs, which nobody waits for', async () => {
    await runIsolating(room, { dataFolder: folder, isolate: ['node-3'] });
    await runIsolating(room, { dataFolder: folder, work: 'release' });
    room.plug(at(2), false);
    try {
      const { open } = await runIsolating(room, { dataFolder: folder, isolate: ['node-3'] });
      expect(first(open[0])).toMatchObject({
        state: 'contained-by-peers',
        cutAt: null,
        couldUndo: expect.arrayContaining([expect.stringContaining('cable')]),
      });
      expect(open[0]?.sentence).toBe('node-3 is contained by its peers, not confirmed.');
      expect(layer(first(open[0]), 'peer').map(({ is }) => is)).toEqual(['holds', 'holds']);
      // It is not let in before it was seen to be open again, unless a person says so.
      const held = await runIsolating(room, { dataFolder: folder, work: 'release' });
      expect(first(held.open[0])).toMatchObject({ state: 'releasing' });
      expect(at(0).run('nft list tables')).toContain('swarmkeep_fence');
    } finally {
      room.plug(at(2), true);
    }
    const back = await runIsolating(room, { dataFolder: folder, work: 'go-on' });
    expect(back.open).toEqual([]);
    expect(at(0).run('nft list tables')).toBe('');
  }, 240_000);

  it('cuts off only the agent, and leaves the rest of the node alone', async () => {
    const { open } = await runIsolating(room, { dataFolder: folder, scope: 'agent', uids: [1990] });
    expect(first(open[0])).toMatchObject({ state: 'kept' });
    const asAgent = (words: string) =>
      at(0).run(
        `setpriv --reuid=1990 --regid=1990 --clear-groups ${words} >/dev/null 2>&1 && echo through || echo stopped`,
      );
    const asked = `curl -s -m 1 -o /dev/null http://${at(1).address}:7890/health`;
    expect([asAgent(asked), asAgent('curl -s -m 1 -o /dev/null http://127.0.0.1:7890/health')]).toEqual([
      'stopped\n',
      'stopped\n',
    ]);
    expect(reach(0, at(1).address, 22)).toBe('through');
    expect(
      at(1).run(
        `curl -s -m 1 -o /dev/null http://${at(0).address}:7890/health && echo through || echo stopped`,
      ),
    ).toBe('stopped\n');
    expect(reach(1, at(0).address, 22)).toBe('through');
    await runIsolating(room, { dataFolder: folder, work: 'release' });
    expect(asAgent(asked)).toBe('through\n');
  }, 120_000);
});
