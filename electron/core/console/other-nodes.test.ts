import { expect, test } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import { otherNodes } from './other-nodes.ts';

const node = (id: string, kind: 'local' | 'recorded' = 'local'): SwarmNode => ({
  id,
  name: id,
  address: kind === 'local' ? { kind } : { kind, sample: true },
  addedAt: '2026-11-21T19:20:00.000Z',
  lastLookAt: null,
  lastError: null,
});

const factsWith = (fingerprint: string | null) =>
  JSON.stringify({
    subjects: { mycoswarm: { state: 'seen', value: { tokens: [{ exists: true, fingerprint }] } } },
  });

const storeOf = (nodes: SwarmNode[], facts: Record<string, string>) =>
  ({
    listNodes: async () => nodes,
    facts: async ({ node: id }: { node: string }) => facts[id] ?? null,
  }) as never;

const print = 'ab'.repeat(32);

test('names the secrets of the other nodes, not of the node itself and not of recordings', async () => {
  const store = storeOf([node('boa'), node('miu'), node('sample', 'recorded')], {
    boa: factsWith('00'.repeat(32)),
    miu: factsWith(print),
    sample: factsWith(print),
  });
  expect(await otherNodes({ store }, 'boa')).toEqual({
    otherNodes: [{ nodeName: 'miu', fingerprints: [print] }],
  });
});

test('says nothing for a recording, which was made with another salt', async () => {
  const store = storeOf([node('sample', 'recorded'), node('miu')], { miu: factsWith(print) });
  expect(await otherNodes({ store }, 'sample')).toEqual({});
});

test('keeps a secret that could not be read as not readable, and leaves out nodes never looked at', async () => {
  const store = storeOf([node('boa'), node('miu'), node('pi')], { miu: factsWith(null) });
  expect(await otherNodes({ store }, 'boa')).toEqual({
    otherNodes: [{ nodeName: 'miu', fingerprints: [null] }],
  });
});

test('names the addresses of the other nodes at home, and the one by which the console reaches them', async () => {
  const facts = JSON.stringify({
    profile: { instances: [{ apiPort: null }, { apiPort: 7_891 }] },
    subjects: {
      interfaces: {
        state: 'seen',
        value: {
          interfaces: [
            { kind: 'loopback', up: true, addresses: [{ address: '127.0.0.1' }] },
            { kind: 'ethernet', up: true, addresses: [{ address: '192.168.1.25' }, { address: 'fe80::25' }] },
            { kind: 'wifi', up: false, addresses: [{ address: '192.168.1.26' }] },
            { kind: 'container', up: true, addresses: [{ address: '172.17.0.1' }] },
            { kind: 'vpn', up: true, addresses: [{ address: '10.8.0.2' }] },
            { kind: 'ethernet', up: true, addresses: [{ address: '2001:db8::25' }, { address: 'x; rm' }] },
          ],
        },
      },
    },
  });
  const ssh = (id: string, host: string): SwarmNode => ({
    ...node(id),
    address: { kind: 'ssh', host, port: 22 },
  });
  const store = storeOf(
    [node('boa'), ssh('miu', '192.168.1.7'), ssh('pi', 'pi.local'), ssh('new', 'fd00::9')],
    {
      miu: facts,
    },
  );
  expect(await otherNodes({ store }, 'boa')).toEqual({
    swarm: [
      { nodeName: 'miu', addresses: ['192.168.1.7', '192.168.1.25'], port: 7_891 },
      { nodeName: 'new', addresses: ['fd00::9'], port: 7_890 },
    ],
  });
});
