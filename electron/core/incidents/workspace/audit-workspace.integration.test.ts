import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localHost } from '#core/hosts/local.ts';
import { auditWorkspace, baselineOf, takeBaseline, type WorkspaceRequest } from './audit-workspace.ts';
import { baselinePlace } from './baseline-file.ts';
import { shownPath } from './compare.ts';
import { mountingHost } from './testing/mounting-host.ts';
import { makeTree, seedChanges, seededProfile } from './testing/seeded-tree.ts';

const host = localHost();
let base: string;
afterAll(async () => {
  await host.close();
  rmSync(base, { recursive: true, force: true });
});
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-workspace-'));
});

/** A node with its own home, and a console that watches nothing else of this machine. */
function node(name: string, files: number): { home: string; request: WorkspaceRequest } {
  const home = join(base, name, 'home');
  const dataFolder = join(base, name, 'data');
  mkdirSync(home, { recursive: true });
  mkdirSync(dataFolder, { mode: 0o700 });
  makeTree(home, files);
  const profile = seededProfile(home);
  return {
    home,
    request: { host, node: { id: name, name }, profile, dataFolder, now: () => new Date(), system: false },
  };
}

const root = process.getuid?.() === 0;

describe('a workspace against its baseline', () => {
  it.skipIf(!root)('shows every one of many changes of all kinds, and nothing else', async () => {
    const { home, request } = node('seeded', 4_000);
    const baseline = await takeBaseline(request, 'level-1');
    expect(baseline.unseen).toEqual([]);
    expect(await baselineOf(request.dataFolder, 'seeded')).toEqual(baseline);
    expect((await auditWorkspace(request, 'baseline')).total).toBe(0);
    const seeds = seedChanges(home, 400, 4_000);
    const audit = await auditWorkspace(request, 'baseline');
    const told = audit.changes.map(({ path, deeds, forged }) => ({ path, deeds, forged }));
    const expected = seeds.map(({ path, deeds, forged }) => ({
      path: shownPath(bytesOf(path)),
      deeds,
      forged,
    }));
    const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
    expect(told.sort(byPath)).toEqual(expected.sort(byPath));
    expect(audit.changes[0]?.importance).toBe('plugin');
    expect(audit.changes[1]?.importance).toBe('start-file');
    expect(audit.changes[2]).toMatchObject({ importance: 'setuid', deeds: ['mode'] });
    expect(audit).toMatchObject({
      total: 400,
      unseen: [],
      against: { kind: 'baseline', sha256: baseline.sha256 },
    });
  });

  it.skipIf(!root)('names a file system that it did not look into', async () => {
    const { home, request } = node('mounted', 10);
    await takeBaseline(request, 'level-1');
    const place = join(home, 'workspace');
    const audit = await auditWorkspace({ ...request, host: mountingHost(place) }, 'baseline');
    expect(audit.unseen).toContain(`${place} is another file system and was not looked into.`);
    expect(audit.sentence).toContain('Not everything could be looked at.');
  });

  it('is not led astray by names', async () => {
    const { home, request } = node('names', 0);
    await takeBaseline(request, 'on-demand');
    const odd = join(home, 'workspace/odd');
    for (const name of ['@end:0', "q'$(x)`", '\u202egnp.exe']) writeFileSync(join(odd, name), 'other');
    const { changes } = await auditWorkspace(request, 'baseline');
    const paths = changes.map(({ path }) => path.slice(odd.length + 1)).sort();
    expect(paths).toEqual(['@end:0', '\\u{202e}gnp.exe', "q'$(x)`"]);
  });

  it('is told by its content when size and both times are as before', async () => {
    const { home, request } = node('forged', 10);
    const path = join(home, 'workspace/d3/e3/f3');
    const stats = statSync(path);
    await takeBaseline(request, 'on-demand');
    writeFileSync(path, 'X'.repeat(stats.size));
    utimesSync(path, stats.atime, stats.mtime);
    const { changes } = await auditWorkspace(request, 'baseline');
    expect(changes).toMatchObject([{ path, deeds: ['changed'], forged: true }]);
  });

  it('is not compared with half a baseline, nor with none', async () => {
    const { request } = node('damaged', 10);
    await expect(auditWorkspace(request, 'baseline')).rejects.toThrow('no baseline');
    await takeBaseline(request, 'on-demand');
    const file = baselinePlace(request.dataFolder, 'damaged');
    const bytes = readFileSync(file);
    for (const at of [0, 10, bytes.length >> 1, bytes.length - 1]) {
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 4;
      writeFileSync(file, broken);
      await expect(auditWorkspace(request, 'baseline'), String(at)).rejects.toThrow('damaged');
    }
    writeFileSync(file, bytes.subarray(0, 20));
    await expect(baselineOf(request.dataFolder, 'damaged')).rejects.toThrow('damaged');
  });

  it('without one tells what changed since a time, and that deletions are not seen', async () => {
    const { home, request } = node('since', 50);
    const since = new Date(Date.now() + 5).toISOString();
    while (Date.now() <= Date.parse(since) + 20) await new Promise((resolve) => setTimeout(resolve, 10));
    const changed = join(home, 'workspace/d5/e5/f5');
    appendFileSync(changed, 'more');
    utimesSync(changed, new Date('2020-01-01'), new Date('2020-01-01'));
    writeFileSync(join(home, 'workspace/new.sh'), 'x');
    chmodSync(join(home, 'workspace/d6/e6/f6'), 0o755);
    const audit = await auditWorkspace(request, { since });
    const told = audit.changes.map(({ path, deeds, importance }) => [
      path.slice(home.length),
      deeds.length,
      importance,
    ]);
    expect(told.sort()).toEqual([
      ['/workspace/d5/e5/f5', 1, 'other'],
      ['/workspace/d6/e6/f6', 1, 'executable'],
      ['/workspace/new.sh', 1, 'executable'],
    ]);
    expect(audit.unseen.join(' ')).toContain('deleted');
  });
});

/** Names in tests are texts; those of no UTF-8 were written as bytes. */
function bytesOf(path: string): string {
  return path.includes('\xff') ? path : Buffer.from(path, 'utf8').toString('latin1');
}
