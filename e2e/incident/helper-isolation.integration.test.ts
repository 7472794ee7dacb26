import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HelperAnswer, helperAnswer } from '#shared/domain/helper/answers.ts';
import { HELPER_PROGRAM } from '#shared/domain/helper/installation.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import { whyNoTestNode } from '../../electron/helper/testing/helper-node.ts';
import type { RoomNode } from '../swarm/testing/swarm-room.ts';
import { type IsolationRoom, openIsolationRoom, sixOf } from './testing/isolation-room.ts';
import { sendPackets, watchNode } from './testing/run-isolating.ts';

const reason = whyNoTestNode();
const OWN = '5'.repeat(32);
const FENCE = '6'.repeat(32);
const RECORDS = '/var/lib/swarmkeep/isolation';
const MEMORY = '/run/swarmkeep-isolation';
const NOBODY = { macs: [], addresses: [] };
const KEEPER = '[k]eep-isolated';

/** The helper itself, asked by whoever may: its guards have to hold without the console's own. */
describe.skipIf(reason !== null)('the isolation of a node that lies, is full or is damaged', () => {
  let room: IsolationRoom;
  const at = (index: number) => room.nodes[index] as RoomNode;
  const macOf = (node: RoomNode) => node.run('cat /sys/class/net/eth0/address').trim();
  const cut = (more: Partial<Extract<IsolateAct, { act: 'cut' }>> = {}): IsolateAct => ({
    ...{ act: 'cut', isolation: OWN, scope: 'node', uids: [], sshPort: 22, seconds: 300 },
    ...more,
  });
  const fence = (more: Partial<Extract<IsolateAct, { act: 'fence' }>> = {}): IsolateAct => ({
    ...{ act: 'fence', isolation: FENCE, scope: 'node', port: 7_890, spares: NOBODY },
    ...{ target: NOBODY, proven: [at(0).address] },
    ...more,
  });
  const own = (answer: HelperAnswer) => ('own' in answer ? answer.own : null);
  const fenced = (answer: HelperAnswer) => (answer.answer === 'isolation-fence' ? answer.fence : null);
  /** Asked on the node itself: no connection is part of it, and none can be cut. */
  const tell = (index: number, what: IsolateAct): HelperAnswer => {
    const request = JSON.stringify({ version: 1, ask: 'isolate', what });
    return helperAnswer.parse(
      JSON.parse(at(index).run(`${HELPER_PROGRAM} <<'END' || true\n${request}\nEND`)),
    );
  };
  const look = (index: number) => {
    const seen = tell(index, { act: 'look', about: [], uids: [] });
    if (seen.answer !== 'isolation-seen') throw new Error(JSON.stringify(seen));
    return seen;
  };
  const tables = (index: number) =>
    at(index).run('nft list tables').trim().split('\n').filter(Boolean).sort();

  beforeAll(async () => {
    room = await openIsolationRoom(2);
  }, 120_000);
  afterEach(() => {
    for (const node of room.nodes)
      node.run(`pkill -KILL -f '${KEEPER}'; nft flush ruleset; ip neigh flush all; ip -6 route del default 2>/dev/null
rm -rf ${RECORDS} ${MEMORY} /etc/systemd/system/swarmkeep-isolation.service /etc/systemd/system/basic.target.wants/swarmkeep-isolation.service; true`);
  });
  afterAll(() => room?.close());

  it('is not led by a node to drop anybody else at its peers', () => {
    const lies = [
      ...[
        '127.0.0.1',
        '::1',
        '0.0.0.0',
        '255.255.255.255',
        '10.77.0.255',
        '224.0.0.251',
        '10.77.0.1',
        '10.77.0.100',
      ],
      ...['10.77.0.53', '10.77.0.13', '203.0.113.9', 'fd77::1', sixOf(at(0))],
    ];
    at(1).run(
      'ip address add 10.99.0.1/28 dev eth0; cp /etc/resolv.conf /run/resolv; echo nameserver 10.77.0.53 > /etc/resolv.conf',
    );
    const target = { addresses: [...lies, '10.99.0.15'], macs: ['02:00:00:00:00:77', 'aa:bb:cc:00:11:22'] };
    const said = fenced(tell(1, fence({ target })));
    expect(said).toMatchObject({
      target: { macs: [macOf(at(0))] },
      covers: { address: true, mac: true },
      rules: 'as-loaded',
      keeper: true,
    });
    expect(said?.target.addresses.sort()).toEqual([at(0).address, sixOf(at(0))].sort());
    expect(said?.leftOut).toHaveLength(lies.length + 2);
    for (const proven of ['10.77.0.53', '10.99.0.15', '10.77.0.1'])
      expect(tell(1, fence({ proven: [proven], isolation: '8'.repeat(32) })), proven).toMatchObject({
        answer: 'refused',
        refusal: 'bad-request',
      });
    at(1).run('cat /run/resolv > /etc/resolv.conf; ip address del 10.99.0.1/28 dev eth0');
    // Another node says that it has the same addresses.
    const spares = { addresses: [at(0).address, sixOf(at(0))], macs: [macOf(at(0))] };
    const again = fenced(tell(1, fence({ target: NOBODY, spares, proven: [] })));
    expect(again?.target).toEqual(said?.target);
  });

  it('holds partly when a peer cannot tell the node from its gateway', () => {
    at(1).run(`ip neigh replace 10.77.0.1 dev eth0 lladdr ${macOf(at(0))} nud permanent`);
    const said = fenced(tell(1, fence()));
    at(1).run('ip neigh del 10.77.0.1 dev eth0');
    expect(said).toMatchObject({
      target: { macs: [], addresses: [at(0).address] },
      covers: { address: true, mac: false },
    });
    expect(said?.leftOut.join(' ')).toContain('is the gateway’s too');
  });

  it('lets no neighbour discovery carry anything away from the link, and the console still finds the node by IPv6', async () => {
    at(0).run('ip -6 route add default via fd77::1');
    expect(own(room.ask(at(0), cut(), undefined, true))).toMatchObject({
      is: 'cut',
      ways: [{ console: 'fd77::1' }],
    });
    const stop = await watchNode(room, 0);
    at(0).run(`/usr/bin/python3 -S -c '
import socket
one = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
index = socket.if_nametoindex("eth0")
def put(to, more, scope=0):
    try: one.sendto(bytes([135, 0, 0, 0, 0, 0, 0, 0]) + socket.inet_pton(socket.AF_INET6, "fd77::1") + b"secret!!" * more, (to, 0, 0, scope))
    except OSError: pass
for _ in range(5):
    put("2001:db8::7", 0); put("2001:db8::7", 2); put("fd77::12", 1); put("ff05::1", 1, index); put("ff02::fb", 1, index)
    put("fe80::1", 40, index); put("ff02::1", 40, index); put("fd77::1", 40)'`);
    const seen = await stop();
    expect(
      Object.keys(seen).filter((kind) => !/^(arp|neighbour|neighbour-longest|ssh|tcp6)$/.test(kind)),
    ).toEqual([]);
    expect(seen['neighbour-longest'] ?? 0).toBeLessThanOrEqual(98);
    room.here('ip', 'neigh', 'flush', 'all');
    at(0).run('ip neigh flush all');
    expect(room.ssh(at(0), 'echo in', { six: true }).said).toBe('in\n');
  });

  it('is in force on a node whose disk is full, and on the disk when that takes something again', async () => {
    at(0).run(
      `mkdir -p /var/lib/swarmkeep; mount -t tmpfs -o size=64k,mode=0700 tmpfs /var/lib/swarmkeep; head -c 1M /dev/zero > /var/lib/swarmkeep/full || true`,
    );
    try {
      expect(own(room.ask(at(0), cut()))).toMatchObject({
        is: 'cut',
        rules: 'as-loaded',
        keeper: true,
        durable: false,
      });
      expect(own(tell(0, { act: 'confirm', isolation: OWN }))).toMatchObject({
        is: 'confirmed',
        boot: false,
      });
      expect(fenced(tell(0, fence({ proven: [at(1).address] })))).toMatchObject({
        durable: false,
        rules: 'as-loaded',
      });
      at(0).run('rm /var/lib/swarmkeep/full');
      await expect
        .poll(() => look(0).own, { timeout: 20_000, interval: 500 })
        .toMatchObject({ durable: true, is: 'confirmed' });
      expect(look(0).fences).toMatchObject([{ durable: true }]);
    } finally {
      room.ask(at(0), { act: 'release', isolation: OWN });
      tell(0, { act: 'lift', isolation: FENCE });
      at(0).run(`pkill -f '${KEEPER}' || true; umount /var/lib/swarmkeep`);
    }
  });

  it('does not wait for a manager that hangs', () => {
    const run = '/usr/sbin/systemd-run';
    at(0).run(`mv ${run} ${run}.kept; printf '#!/bin/sh\\nexec sleep 90\\n' > ${run}; chmod 755 ${run}`);
    try {
      const said = room.ask(at(0), cut());
      expect(own(said)).toMatchObject({ is: 'cut', keeper: true });
      // Two and a half seconds were given to the manager, after the rules were in force.
      expect(said.answer === 'isolation-cut' && said.answerMs - said.cutMs).toBeGreaterThan(2_000);
    } finally {
      at(0).run(`pkill -f '[s]leep 90' || true; mv ${run}.kept ${run}`);
    }
  });

  it('outlives damage to its records: one stops no other, and what the kernel holds is taken over by the next order', async () => {
    room.ask(at(0), cut());
    tell(0, { act: 'confirm', isolation: OWN });
    tell(0, fence({ proven: [at(1).address] }));
    at(0).run(`pkill -KILL -f '${KEEPER}'; echo '{' > ${RECORDS}/own.json`);
    const { own: rebuilt, fences } = look(0);
    expect(rebuilt).toMatchObject({
      rebuilt: true,
      scope: 'node',
      ways: [{ console: '10.77.0.1', node: at(0).address }],
    });
    expect(fences).toHaveLength(1);
    expect(at(0).run(`ls ${RECORDS}`)).toContain('own.json.damaged');
    expect(own(room.ask(at(0), cut()))).toMatchObject({ isolation: OWN, rebuilt: false, keeper: true });
    // As a start of the machine with both records damaged: nothing is in the kernel, and nobody knows whom to let in.
    at(0).run(
      `pkill -KILL -f '${KEEPER}'; rm -f ${MEMORY}/*.json; echo '{' > ${RECORDS}/own.json; nft flush ruleset`,
    );
    at(0).run('/usr/local/libexec/swarmkeep/swarmkeep-helper --isolate-at-boot');
    expect(tables(0)).toContain('table inet swarmkeep_isolation');
    expect(tables(0).filter((name) => name.includes('fence'))).toHaveLength(2);
    expect(look(0).own).toMatchObject({
      is: 'stepped-down',
      rebuilt: true,
      lanPorts: [22],
      rules: 'as-loaded',
    });
    // A fence that is damaged while its rules are in force is made anew from these.
    at(0).run(`echo '{' > ${RECORDS}/fence-${FENCE}.json`);
    expect(look(0).fences).toMatchObject([
      { isolation: FENCE, rebuilt: true, target: { addresses: [at(1).address] } },
    ]);
    expect(tell(0, { act: 'release', isolation: 'b'.repeat(32) })).toMatchObject({ own: null });
  });

  it('comes back after its rules, its keeper and both together were taken away, beside another tool that lets all pass', async () => {
    room.ask(at(0), cut());
    tell(0, { act: 'confirm', isolation: OWN });
    const before = look(0).own?.tampered.times ?? 0;
    at(0).run('nft flush ruleset');
    await expect
      .poll(() => look(0).own, { timeout: 20_000, interval: 500 })
      .toMatchObject({ rules: 'as-loaded', egress: 'as-loaded' });
    expect(look(0).own?.tampered.times).toBe(before + 1);
    at(0).run(`pkill -KILL -f '${KEEPER}'; nft flush ruleset`);
    expect(look(0).own).toMatchObject({ rules: 'missing', keeper: false });
    // The same order once more, as a console gives it that finds that.
    expect(room.ask(at(0), cut())).toMatchObject({
      already: true,
      own: { is: 'confirmed', rules: 'as-loaded', keeper: true, tampered: { times: before + 2 } },
    });
    at(0).run(`nft -f - <<'END'
table inet other {
  chain output { type filter hook output priority -600; policy accept;
    accept
  }
  chain input { type filter hook input priority -600; policy accept;
    accept
  }
}
table netdev other {
  chain out { type filter hook egress device "eth0" priority -600; policy accept;
    accept
  }
}
END`);
    const stop = await watchNode(room, 0);
    sendPackets(room, 5);
    const seen = await stop();
    expect(Object.keys(seen).filter((kind) => !/^(arp|neighbour|ssh)/.test(kind))).toEqual([]);
  });

  it('calls a try stopped by its own packet only, and open where that got out', async () => {
    room.ask(at(0), cut());
    // Somebody else tries the same place all the time, which is dropped; the helper has no way there, so it makes no packet.
    at(0).run(`ip rule add pref 10 to 203.0.113.1 uidrange 0-0 unreachable
setsid setpriv --reuid=1990 --regid=1990 --clear-groups /usr/bin/python3 -S -c '
import socket, time
end = time.time() + 60
while time.time() < end:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.setblocking(False)
        one.connect_ex(("203.0.113.1", 443))
    time.sleep(0.005)' >/dev/null 2>&1 </dev/null &`);
    const prove = (): Record<string, string> => {
      const said = tell(0, { act: 'prove', isolation: OWN, tries: [{ address: at(1).address, port: 22 }] });
      if (said.answer !== 'isolation-proved') throw new Error(JSON.stringify(said));
      return Object.fromEntries(said.tried.map(({ to, kind, outcome }) => [`${kind} ${to}`, outcome]));
    };
    const tried = prove();
    expect(tried['tcp 203.0.113.1 port 443']).toBe('unknown');
    expect(tried['tcp 2001:db8::1 port 443']).toBe('unknown');
    expect(tried[`tcp ${at(1).address} port 22`]).toBe('stopped');
    expect(tried[`udp ${at(1).address} port 9`]).toBe('stopped');
    expect(tables(0)).toEqual(['table inet swarmkeep_isolation', 'table netdev swarmkeep_isolation']);
    at(0).run(`pkill -KILL -f '${KEEPER}'; nft flush ruleset`);
    at(0).run("ip rule del pref 10; pkill -KILL -f '[2]03.0.113.1'");
    const open = prove();
    expect(open[`tcp ${at(1).address} port 22`]).toBe('open');
    expect(open['tcp 203.0.113.1 port 443']).toBe('open');
    expect(open[`udp ${at(1).address} port 9`]).toBe('open');
  });

  it('leaves no pin behind: what would have ended ends again, and what was for ever stays', () => {
    const node = at(0);
    node.run(`ip address add 10.77.0.99/24 dev eth0 valid_lft 900 preferred_lft 900
ip -6 route add 2001:db8:1::/48 via fd77::1 proto ra expires 900`);
    const addresses = () => node.run('ip -o -4 address show dev eth0');
    tell(0, cut());
    expect(tell(0, { act: 'settle', isolation: OWN })).toMatchObject({ notPinned: [] });
    tell(0, { act: 'settle', isolation: OWN });
    expect(addresses()).not.toMatch(/valid_lft \d/);
    expect(node.run('ip -6 route show 2001:db8:1::/48')).not.toContain('expires');
    tell(0, { act: 'release', isolation: OWN });
    const left = Number(/10\.77\.0\.99\/24 .*?valid_lft (\d+)sec/.exec(addresses())?.[1]);
    expect(left).toBeGreaterThan(800);
    expect(left).toBeLessThanOrEqual(900);
    expect(addresses()).toMatch(/10\.77\.0\.11\/24 .*valid_lft forever/);
    expect(node.run('ip -6 route show 2001:db8:1::/48')).toMatch(/proto ra .*expires 8\d\dsec/);
    node.run('ip address del 10.77.0.99/24 dev eth0; ip -6 route del 2001:db8:1::/48');
  });
});
