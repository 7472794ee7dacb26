import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeGlance, sshConfig } from '#shared/contract/found-nodes.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Context } from './context.ts';
import { createFoundNodes } from './found-nodes.ts';

const AT = '2026-11-21T19:17:00.000Z';

const node = (id: string, more: Partial<SwarmNode> = {}): SwarmNode => ({
  id,
  name: id,
  address: { kind: 'ssh', host: `${id}.local`, port: 22 },
  addedAt: AT,
  lastLookAt: AT,
  lastError: null,
  ...more,
});

/** Facts as they are stored, as far as they are read here. */
const FACTS = JSON.stringify({
  profile: {
    instances: [
      { running: false, version: '0.2.15' },
      { running: true, version: '0.2.16' },
    ],
  },
  subjects: {
    identity: { state: 'seen', value: { skewMs: -3_600_000.5 } },
    interfaces: { state: 'seen', value: { interfaces: [{ addresses: [{ address: '192.168.1.20' }] }] } },
  },
});

describe('nodes that could be added', () => {
  let home: string;
  let read: string[];
  let nodes: SwarmNode[];
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'swarmkeep-found-'));
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
    const text = 'Host miu\nHostName MIU.local\nHost attic\nPort 2222\n';
    writeFileSync(join(home, '.ssh', 'config'), text, { mode: 0o600 });
  });
  afterAll(() => rmSync(home, { recursive: true }));

  /** The group over records that are only read. */
  function group() {
    read = [];
    nodes = [node('miu'), node('boa', { lastLookAt: null }), node('naru')];
    const store = {
      listNodes: async () => nodes,
      facts: async ({ node: id }: { node: string }) => {
        read.push(id);
        return id === 'miu' ? FACTS : id === 'naru' ? '{"subjects":{"identity":7}}' : null;
      },
    };
    return createFoundNodes({ store } as unknown as Context, home).group;
  }

  it('are hosts of the SSH configuration, with those that are in the list', async () => {
    const config = sshConfig.parse(await group().sshConfig(undefined));
    expect(config.hosts.map(({ name, known }) => [name, known])).toEqual([
      ['miu', 'miu'],
      ['attic', null],
    ]);
  });

  it('come with a short view of those that are in the list, read once for each look', async () => {
    const { glances } = group();
    const first = (await glances(undefined)).map((glance) => nodeGlance.parse(glance));
    expect(first).toEqual([
      { node: 'miu', skewMs: -3_600_000.5, mycoSwarm: { installations: 2, running: 1, version: '0.2.16' } },
      { node: 'boa', skewMs: null, mycoSwarm: null },
      { node: 'naru', skewMs: null, mycoSwarm: null },
    ]);
    await glances(undefined);
    expect(read).toEqual(['miu', 'naru']);
    nodes = [node('miu', { lastLookAt: '2026-11-21T19:20:00.000Z' })];
    await glances(undefined);
    expect(read).toEqual(['miu', 'naru', 'miu']);
  });
});
