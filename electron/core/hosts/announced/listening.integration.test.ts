import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoPacketLab } from '../testing/packet-lab.ts';

const WHY_NOT = whyNoPacketLab();
const STAND_IN = join(import.meta.dirname, '../../../../e2e/fixtures/stand-in-mycoswarm');
const PRINT = join(import.meta.dirname, 'testing', 'print-announcers.ts');

/** Waits for a question about mycoSwarm, sends what no one should, then announces itself as mycoSwarm does. */
const NODE = `
import os, socket, sys
sys.path.insert(0, sys.argv[1])
from mycoswarm.discovery import GROUP, PORT, announcement
own = "10.77.0.2"
heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
heard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
heard.bind(("", PORT))
heard.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(own))
heard.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
print("ready", flush=True)
while b"_mycoswarm" not in heard.recvfrom(9000)[0]:
    pass
good = announcement("naru", own, 7890, {"node_id": "naru", "version": "0.2.16"})
for bad in (b"", b"\\0" * 12, os.urandom(500), good[:-3], good[:12] + b"\\xc0\\x0c" + good[14:]):
    heard.sendto(bad, (GROUP, PORT))
heard.sendto(good, (GROUP, PORT))
`;

function ip(...args: string[]): void {
  const done = spawnSync('ip', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`);
}

/** The first line that a program prints. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
}

describe.skipIf(WHY_NOT !== null)(
  `announcements on a network of two machines (${WHY_NOT ?? 'namespaces'})`,
  () => {
    const console = `swarmkeep-ears-${process.pid}`;
    const node = `swarmkeep-node-${process.pid}`;
    const children: ChildProcess[] = [];
    const run = (name: string, ...argv: string[]): ChildProcess => {
      const child = spawn('ip', ['netns', 'exec', name, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
      children.push(child);
      return child;
    };

    beforeAll(() => {
      ip('netns', 'add', console);
      ip('netns', 'add', node);
      ip('link', 'add', 'eth0', 'netns', console, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', node);
      for (const [name, address] of [
        [console, '10.77.0.1/24'],
        [node, '10.77.0.2/24'],
      ] as const) {
        ip('-n', name, 'addr', 'add', address, 'dev', 'eth0');
        ip('-n', name, 'link', 'set', 'lo', 'up');
        ip('-n', name, 'link', 'set', 'eth0', 'up');
      }
    });
    afterAll(() => {
      for (const child of children) child.kill('SIGKILL');
      for (const name of [console, node]) spawnSync('ip', ['netns', 'del', name]);
    });

    it('are asked for, and heard between packets that nobody should send', async () => {
      const announcing = run(node, 'python3', '-c', NODE, STAND_IN);
      expect(await firstLine(announcing)).toBe('ready');
      const heard = JSON.parse(await firstLine(run(console, process.execPath, PRINT)));
      expect(heard).toEqual([
        {
          instance: 'naru',
          from: '10.77.0.2',
          addresses: ['10.77.0.2'],
          port: 7_890,
          nodeId: 'naru',
          version: '0.2.16',
          heardAt: expect.any(Number),
        },
      ]);
    });
  },
);
