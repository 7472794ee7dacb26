import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostFor } from '#core/hosts/host-for.ts';
import { localHost } from '#core/hosts/local.ts';
import { startLoopbackSshd, whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { hunt } from '#core/incidents/hunt/hunt.ts';
import { auditWorkspace, takeBaseline } from '#core/incidents/workspace/audit-workspace.ts';
import { shownPath } from '#core/incidents/workspace/compare.ts';
import { makeTree, seedChanges, seededProfile } from '#core/incidents/workspace/testing/seeded-tree.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { loopbackNodes } from './loopback-nodes.ts';
import { report, series } from './measure.ts';

const FILES = 100_000;
const CHANGES = 1_000;
const NODES = 50;

/** Audit of a workspace with seeded changes, and a hunt over 50 nodes by 50 real SSH connections to one sshd of this machine. */
export async function benchIncident(): Promise<void> {
  await benchWorkspace();
  await benchHunt();
}

async function benchWorkspace(): Promise<void> {
  if (process.getuid?.() !== 0) {
    console.log('Workspace audit: not measured, needs root to give files to others');
    return;
  }
  const base = await mkdtemp(join(tmpdir(), 'swarmkeep-bench-workspace-'));
  const host = localHost();
  try {
    const [home, dataFolder] = [join(base, 'home'), join(base, 'data')];
    await mkdir(home);
    await mkdir(dataFolder, { mode: 0o700 });
    makeTree(home, FILES);
    const profile = seededProfile(home);
    const request = {
      host,
      node: { id: 'miu', name: 'miu' },
      profile,
      dataFolder,
      now: () => new Date(),
      system: false,
    };
    const baseline = await series(1, 'ms', async () => {
      const began = performance.now();
      await takeBaseline(request, 'on-demand');
      return performance.now() - began;
    });
    report(`Baseline of a workspace, ${FILES} files`, baseline, null);
    const seeds = new Set(
      seedChanges(home, CHANGES, FILES).map(({ path, deeds }) => `${deeds.join()} ${bytes(path)}`),
    );
    let found = 0;
    let wrong = 0;
    const took = await series(3, 'ms', async () => {
      const began = performance.now();
      const audit = await auditWorkspace(request, 'baseline');
      const told = audit.changes.map(({ path, deeds }) => `${deeds.join()} ${path}`);
      found = told.filter((one) => seeds.has(one)).length;
      wrong = told.length - found;
      return performance.now() - began;
    });
    report(
      `Workspace audit, ${CHANGES} changes in ${FILES} files`,
      took,
      { atMost: 30_000, text: '≤ 30,000 ms' },
      `${found} of ${seeds.size} found, ${wrong} false`,
    );
  } finally {
    await host.close();
    await rm(base, { recursive: true, force: true });
  }
}

const bytes = (path: string): string =>
  shownPath(path.includes('\xff') ? path : Buffer.from(path, 'utf8').toString('latin1'));

async function benchHunt(): Promise<void> {
  const why = whyNoSshd();
  if (why !== null) {
    console.log(`Hunt over ${NODES} nodes: not measured, ${why}`);
    return;
  }
  const sshd = await startLoopbackSshd(['MaxStartups 200']);
  try {
    const { folder } = sshd;
    const nodes = await loopbackNodes(sshd, NODES);
    const home = join(folder, 'home');
    await mkdir(home);
    makeTree(home, 200);
    const parts = {
      nodes: async () => nodes,
      profile: async () => seededProfile(home),
      open: (node: SwarmNode) => hostFor(node.address, { dataFolder: folder }),
      events: null,
      now: () => new Date(),
    };
    const queries = [
      ['a path', { for: 'path', path: `${home}/.config/*/plugins/*/handler.py` }],
      ['a destination', { for: 'destination', destination: '203.0.113.9' }],
    ] as const;
    for (const [what, query] of queries) {
      let answered = NODES;
      const took = await series(3, 'ms', async () => {
        const result = await hunt(parts, query);
        answered = Math.min(answered, result.nodes.filter(({ state }) => state !== 'could-not').length);
        return result.tookMs;
      });
      const promised = { atMost: 10_000, text: '≤ 10,000 ms' };
      report(
        `Hunt for ${what}, ${NODES} nodes, no connection open`,
        took,
        promised,
        `at least ${answered} of ${NODES} answered`,
      );
    }
  } finally {
    await sshd.close();
  }
}
