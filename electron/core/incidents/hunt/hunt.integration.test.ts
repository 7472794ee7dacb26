import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '#core/hosts/host.ts';
import { localHost } from '#core/hosts/local.ts';
import { mountingHost } from '#core/incidents/workspace/testing/mounting-host.ts';
import { seededProfile } from '#core/incidents/workspace/testing/seeded-tree.ts';
import { huntQuery } from '#shared/domain/incident/hunt.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { type HuntParts, hunt } from './hunt.ts';

let base: string;
let home: string;
const CONTENT = `print("${process.pid} ${Math.random()}")\n`;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-hunt-'));
  home = join(base, 'home');
  mkdirSync(join(home, '.config/mycoswarm/plugins/notes'), { recursive: true });
  writeFileSync(join(home, '.config/mycoswarm/plugins/notes/handler.py'), CONTENT);
  writeFileSync(join(home, '.config/mycoswarm/plugins/notes/a\nb[1].py'), CONTENT);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const node = (id: string): SwarmNode => ({
  id,
  name: id,
  address: { kind: 'local' },
  addedAt: '2026-11-23T00:00:00.000Z',
  lastLookAt: null,
  lastError: null,
});

/** A host that takes the script and never says anything. */
function hangingHost(): Host {
  return {
    kind: 'ssh',
    // It does not even end when it is told to.
    run: () => new Promise(() => undefined),
    close: async () => undefined,
  };
}

const parts = (more: Partial<HuntParts> = {}): HuntParts => ({
  nodes: async () => [node('boa'), node('miu')],
  profile: async () => seededProfile(home),
  open: ({ id }) => (id === 'boa' ? hangingHost() : localHost()),
  events: null,
  now: () => new Date(),
  ...more,
});
const only = { nodes: async () => [node('miu')] };

const own = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

describe('a hunt over all nodes', () => {
  it('finds a file by its content, and a node that hangs costs no other anything', async () => {
    const sha256 = createHash('sha256').update(CONTENT).digest('hex');
    const result = await hunt(parts(), huntQuery.parse({ for: 'hash', sha256: sha256.toUpperCase() }));
    expect(result.tookMs).toBeLessThan(10_000);
    const [miu, boa] = result.nodes;
    expect(miu).toMatchObject({ node: 'miu', state: 'found' });
    expect(miu?.hits.map(({ what }) => what.slice(home.length)).sort()).toEqual([
      '/.config/mycoswarm/plugins/notes/a\\nb[1].py',
      '/.config/mycoswarm/plugins/notes/handler.py',
    ]);
    expect(miu?.lookedAt).toBeGreaterThan(1);
    expect(boa).toMatchObject({ node: 'boa', state: 'could-not', why: ['It did not answer in time.'] });
    expect(result.sentence).toBe('Found on miu. No answer from boa.');
  });

  it.skipIf(!own)(
    'never calls a node clean where a file system is mounted among what it looks at',
    async () => {
      const query = { for: 'hash' as const, sha256: '0'.repeat(64) };
      const place = join(home, '.config/mycoswarm/plugins');
      const { nodes, sentence } = await hunt(parts({ ...only, open: () => mountingHost(place) }), query);
      expect(nodes[0]?.state).toBe('partly');
      expect(nodes[0]?.why[0]).toBe(
        `Other file systems are mounted there and were not looked into: ${place}.`,
      );
      expect(sentence).toContain('Not all could be looked at on miu.');
    },
  );

  it('finds paths by signs that stay within one name', async () => {
    const at = async (path: string) => {
      const { nodes } = await hunt(parts(only), { for: 'path', path: `${home}${path}` });
      return {
        state: nodes[0]?.state,
        hits: nodes[0]?.hits.map(({ what }) => what.slice(home.length)).sort(),
      };
    };
    const plugin = '/.config/mycoswarm/plugins/notes/handler.py';
    expect(await at('/.config/*/plugins/*/handler.??')).toEqual({ state: 'found', hits: [plugin] });
    expect(await at(plugin)).toEqual({ state: 'found', hits: [plugin] });
    expect(await at('/*/handler.py')).toEqual({ state: 'not-found', hits: [] });
    expect(await at('/.config/mycoswarm/plugins/notes/*[1].py')).toMatchObject({
      hits: [expect.stringContaining('a\\nb[1].py')],
    });
    expect(await at('/nowhere/at/all')).toEqual({ state: 'not-found', hits: [] });
  });

  it('refuses paths that lead elsewhere', () => {
    for (const path of ['/etc/../x', 'etc', '/a\nb', '/', '/./x', '/\u202ex'])
      expect(huntQuery.safeParse({ for: 'path', path }).success, path).toBe(false);
    for (const destination of ['a b', '-x', '$(x)', '1.2.3.4;x', ''])
      expect(huntQuery.safeParse({ for: 'destination', destination }).success, destination).toBe(false);
  });

  it('finds a connection that is open now, and kept events', async () => {
    const server: Server = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.7', resolve));
    const address = server.address();
    const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.7');
    await new Promise((resolve) => client.once('connect', resolve));
    const asked: (readonly string[])[] = [];
    const events: HuntParts['events'] = async (_, words) => {
      asked.push(words);
      return [{ seen: 'event', what: 'connect 127.0.0.7', detail: '', at: null }];
    };
    const { nodes } = await hunt(parts({ ...only, events }), {
      for: 'destination',
      destination: '127.0.0.7',
    });
    client.destroy();
    server.close();
    expect(nodes[0]?.state).toBe('found');
    expect(new Set(nodes[0]?.hits.map(({ seen }) => seen))).toEqual(new Set(['socket', 'event']));
    expect(asked).toEqual([['127.0.0.7']]);
  });

  it('answers from kept events for a node that is away', async () => {
    const events: HuntParts['events'] = async () => [{ seen: 'event', what: 'x', detail: '', at: null }];
    const more = { nodes: async () => [node('boa')], events, withinMs: 300 };
    const { nodes } = await hunt(parts(more), { for: 'destination', destination: '203.0.113.9' });
    expect(nodes[0]).toMatchObject({ state: 'found', why: ['It did not answer in time.'] });
    expect(nodes[0]?.hits).toHaveLength(1);
  });
});
