import { expect, test } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import { otherSecrets } from './other-secrets.ts';

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
  expect(await otherSecrets({ store }, 'boa')).toEqual({
    otherNodes: [{ nodeName: 'miu', fingerprints: [print] }],
  });
});

test('says nothing for a recording, which was made with another salt', async () => {
  const store = storeOf([node('sample', 'recorded'), node('miu')], { miu: factsWith(print) });
  expect(await otherSecrets({ store }, 'sample')).toEqual({});
});

test('keeps a secret that could not be read as not readable, and leaves out nodes never looked at', async () => {
  const store = storeOf([node('boa'), node('miu'), node('pi')], { miu: factsWith(null) });
  expect(await otherSecrets({ store }, 'boa')).toEqual({
    otherNodes: [{ nodeName: 'miu', fingerprints: [null] }],
  });
});
