import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmitter } from '#core/console/emitter.ts';
import type { ChangeDelta } from '#core/console/service.ts';
import { type LoopbackSshd, startLoopbackSshd, whyNoSshd } from '#core/hosts/testing/loopback-sshd.ts';
import { createLedger } from '#core/ledger/ledger.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import { evidenceSummary } from '#shared/domain/incident/evidence.ts';
import { timelineQuery } from '#shared/domain/incident/timeline.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { createInvestigation } from './investigation-desk.ts';

const ACCOUNT = 'skevidence';
const why = whyNoSshd();
let sshd: LoopbackSshd;
let dataFolder: string;
let store: Store;

beforeAll(async () => {
  if (why !== null) return;
  dataFolder = await mkdtemp(join(tmpdir(), 'swarmkeep-investigation-'));
  sshd = await startLoopbackSshd();
  sshd.addAccount(ACCOUNT);
  await writeFile(join(dataFolder, 'known_hosts'), `${sshd.hostKeyLine}\n`, { mode: 0o600 });
  store = await openStore({ dataFolder, thread: false });
  const address = {
    kind: 'ssh' as const,
    host: '127.0.0.1',
    port: sshd.port,
    user: ACCOUNT,
    identityFile: sshd.identityFile,
  };
  const node: SwarmNode = {
    id: 'miu',
    name: 'miu',
    address,
    addedAt: new Date().toISOString(),
    lastLookAt: null,
    lastError: null,
  };
  await store.addNode({ node, hostKeys: [] });
});
afterAll(async () => {
  if (why !== null) return;
  await store.close();
  await sshd.close();
  await rm(dataFolder, { recursive: true, force: true });
});

function investigation() {
  const clock = { now: () => new Date(), after: () => () => undefined };
  const ledger = createLedger({
    store,
    who: { shell: 'command-line', user: 'test' },
    now: clock.now,
    changed: () => undefined,
  });
  const changes = createEmitter<ChangeDelta>();
  return createInvestigation({
    context: { store, ledger, clock, dataFolder, changes },
    version: 'test',
    sealed: null,
    audit: null,
  });
}

describe.skipIf(why !== null)('an investigation over SSH as an ordinary account', () => {
  it('preserves what that account sees, says so, and the ledger knows the archive', {
    timeout: 240_000,
  }, async () => {
    const desk = investigation();
    const summary = await desk.preserve('miu', { incident: null });
    expect(evidenceSummary.parse(summary)).toEqual(summary);
    expect(summary.privilege).toBe('user');
    expect(summary.sentence).toContain('ordinary account');
    expect(summary.pieces.some(({ outcome }) => outcome === 'not-allowed')).toBe(true);
    expect(summary.pieces.filter(({ outcome }) => outcome === 'whole').length).toBeGreaterThan(10);
    expect(await desk.archives()).toEqual([summary]);
    expect(await desk.verifyArchive(summary.archive)).toMatchObject({ verified: true, against: 'ledger' });
    const bytes = readFileSync(summary.archive);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    const broken = join(dataFolder, 'broken.tar.zst');
    writeFileSync(broken, bytes, { mode: 0o600 });
    expect(await desk.verifyArchive(broken)).toMatchObject({ verified: false });
  });

  it('keeps a baseline, and its audit and all that was done are in the timeline', {
    // All places from which this machine starts something are hashed three times.
    timeout: 240_000,
  }, async () => {
    const desk = investigation();
    expect(await desk.baseline('miu')).toBeNull();
    await expect(desk.auditWorkspace('miu', 'baseline')).rejects.toThrow('no baseline');
    const baseline = await desk.takeBaseline('miu', 'on-demand');
    expect(await desk.baseline('miu')).toEqual(baseline);
    const audit = await desk.auditWorkspace('miu', 'baseline');
    expect(audit.changes.filter(({ path }) => path.startsWith('/etc/systemd'))).toEqual([]);
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const page = await desk.timeline(timelineQuery.parse({ from, to }));
    const told = page.entries.map(({ text }) => text).join('\n');
    expect(told).toContain('A baseline of miu was taken');
    expect(page.unseen).toContain('No logs are kept here.');
  });

  it('lists credentials, and answers a hunt', async () => {
    const desk = investigation();
    const { credentials, unseen } = await desk.credentials('miu');
    expect(credentials.every(({ place }) => place.startsWith('/'))).toBe(true);
    expect(unseen.join(' ')).toContain('not known');
    const { nodes } = await desk.hunt({ for: 'path', path: '/etc/host?' });
    expect(nodes[0]).toMatchObject({ state: 'found' });
    expect(nodes[0]?.hits.map(({ what }) => what)).toContain('/etc/hosts');
  });

  it('says what to do for a node that is not there, and leaves no archive', async () => {
    const desk = investigation();
    await expect(desk.preserve('nobody', { incident: null })).rejects.toMatchObject({ code: 'NODE_UNKNOWN' });
    const before = await desk.archives();
    const off = new AbortController();
    off.abort();
    await expect(desk.preserve('miu', { incident: null, signal: off.signal })).rejects.toThrow();
    expect(await desk.archives()).toEqual(before);
  });
});
