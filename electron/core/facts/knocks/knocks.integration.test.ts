import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoPacketLab } from '#core/hosts/testing/packet-lab.ts';
import type { Knock } from '#shared/domain/facts/knocks.ts';
import { knockAround } from './knocks.ts';

const WHY_NOT = whyNoPacketLab();
const PRINT = join(import.meta.dirname, 'testing', 'print-knocks.ts');
const NODE = '10.78.0.2';
const NODE_6 = 'fd78::2';

/** Answers on two ports of both families, one of which the rules of the node drop; says when it does. */
const LISTENER = `
import socket
for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    for port in (7000, 7001):
        s = socket.socket(family); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((address, port)); s.listen(); globals()[f"s{family}{port}"] = s
print("ready", flush=True)
input()
`;
/** Ends once the machine at each address has refused a connection. */
const UNTIL_REFUSED = `
import socket, sys, time
for address in sys.argv[1:]:
    while True:
        try: socket.create_connection((address, 7002), 1)
        except ConnectionRefusedError: break
        except OSError: time.sleep(0.1)
`;
const RULES = `table inet t { chain c { type filter hook input priority 0; tcp dport 7001 drop; }; }\n`;

function ip(...args: string[]): void {
  const done = spawnSync('ip', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`);
}

describe.skipIf(WHY_NOT !== null)(`knocks between two machines (${WHY_NOT ?? 'namespaces'})`, () => {
  const near = `swarmkeep-near-${process.pid}`;
  const far = `swarmkeep-far-${process.pid}`;
  let listener: ChildProcess | null = null;

  beforeAll(async () => {
    for (const name of [near, far]) ip('netns', 'add', name);
    ip('link', 'add', 'eth0', 'netns', near, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', far);
    for (const [name, own, own6] of [
      [near, '10.78.0.1', 'fd78::1'],
      [far, NODE, NODE_6],
    ] as const) {
      ip('-n', name, 'address', 'add', `${own}/24`, 'dev', 'eth0');
      ip('-n', name, 'address', 'add', `${own6}/64`, 'dev', 'eth0', 'nodad');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
    }
    const nft = spawnSync('ip', ['netns', 'exec', far, 'nft', '-f', '-'], { input: RULES });
    expect(nft.status).toBe(0);
    const listening = ['netns', 'exec', far, '/usr/bin/python3', '-I', '-c', LISTENER];
    listener = spawn('ip', listening, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (listener.stdout) await once(listener.stdout, 'data');
    // A link that has just come up loses the first questions for neighbours; one in a house has been up for long.
    const asked = ['netns', 'exec', near, '/usr/bin/python3', '-I', '-c', UNTIL_REFUSED, NODE, NODE_6];
    expect(spawnSync('ip', asked, { timeout: 60_000 }).status).toBe(0);
  });

  afterAll(() => {
    listener?.kill();
    for (const name of [near, far]) ip('netns', 'delete', name);
  });

  it('says the same from the console and by the shell of a node, of IPv4 and IPv6', () => {
    const doors = [7_000, 7_001, 7_002].flatMap((port) => [`${NODE},${port}`, `${NODE_6},${port}`]);
    const away = ['10.99.0.1,7000'];
    const argv = ['netns', 'exec', near, process.execPath, PRINT, ...doors, ...away];
    const run = spawnSync('ip', argv, { encoding: 'utf8' });
    const { own, byNode } = JSON.parse(run.stdout) as {
      own: Knock[];
      byNode: { knocks: Knock[]; why: string | null };
    };
    const said = (knocks: Knock[]) =>
      knocks.map(({ address, port, outcome }) => `${address} ${port} ${outcome}`).sort();
    expect(said(own)).toEqual(
      [
        ...[NODE, NODE_6].flatMap((address) => [
          `${address} 7000 open`,
          `${address} 7001 no-answer`,
          `${address} 7002 refused`,
        ]),
        '10.99.0.1 7000 unreachable',
      ].sort(),
    );
    expect(byNode.why).toBeNull();
    expect(said(byNode.knocks)).toEqual(said(own));
    const sender = (knocks: Knock[]) =>
      knocks.find(({ port, address }) => port === 7_001 && address === NODE);
    expect([sender(own)?.from, sender(byNode.knocks)?.from]).toEqual(['10.78.0.1', '10.78.0.1']);
  });
});

describe('what is not from outside', () => {
  const host = {
    kind: 'local' as const,
    run: () => Promise.reject(new Error('not asked')),
    close: async () => {},
  };
  const nothing = { state: 'unseen', at: '', source: '', reason: '', wouldHelp: null } as const;
  const facts = {
    profile: { corrected: [], instances: [] },
    subjects: { sockets: nothing, containers: nothing },
  } as unknown as Parameters<typeof knockAround>[0]['facts'];

  it.each([
    [null, /sees itself from inside/],
    ['127.0.0.2', /through this computer itself/],
    ['::1', /through this computer itself/],
  ])('is not knocked on: %s', async (place, why) => {
    const { received, made } = await knockAround({ host, place, facts, neighbours: [] });
    expect(received.knocks).toEqual([]);
    expect(received.why).toMatch(why);
    expect(made).toEqual([]);
  });
});
