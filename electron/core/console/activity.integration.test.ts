import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlanRegistry } from '#core/fixes/plan-registry.ts';
import { examplePlan } from '#core/fixes/plans/testing/example-plan.ts';
import { readCheckpoint } from '#core/ledger/checkpoint.ts';
import { fromBase64, leafHash } from '#core/ledger/hash.ts';
import { ledgerKeyFile } from '#core/ledger/key-file.ts';
import { includes } from '#core/ledger/proof-check.ts';
import { isSignedBy, readVerifier } from '#core/ledger/signed-note.ts';
import { readTlogProof } from '#core/ledger/tlog-proof.ts';
import { openDatabase } from '#core/store/open-database.ts';
import { DEFAULT_SETTINGS } from '#shared/domain/settings.ts';
import type { ConsoleService } from './service.ts';
import { addNode, codeOf, consoleBench, DAY, look, NONE, START } from './testing/console-bench.ts';

const bench = consoleBench();
const until = new Date(Date.parse(START) + 10 * DAY).toISOString();

let dataFolder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'swarmkeep-activity-'));
  bench.acted.miu = { statuses: { 'service-bindings': 'fix', 'time-sync': 'pass' } };
});
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

const open = async (): Promise<ConsoleService> => (await bench.start({ dataFolder })).service;
const waive = (service: ConsoleService) =>
  service.decisions.waive({ node: 'miu', check: 'service-bindings', reason: 'behind a wall', until });
const declare = (service: ConsoleService) =>
  service.decisions.declare({ node: null, kind: 'interface', value: 'wg0', reason: 'my own tunnel' });
const kindsOf = async (service: ConsoleService): Promise<string[]> => {
  const { entries } = await service.activity.list({ search: '', limit: 200 });
  return entries.map((entry) => entry.record?.kind ?? entry.state).reverse();
};

/** Everything that a console can be told without a node. */
async function busyEvening(service: ConsoleService): Promise<void> {
  await addNode(service, 'miu');
  await look(service);
  const waiver = await waive(service);
  await service.decisions.withdraw({ waiver: waiver.id });
  await service.decisions.withdraw({ waiver: waiver.id });
  const declared = await declare(service);
  await service.decisions.undeclare({ declaration: declared.id });
  await service.settings.set({ ...DEFAULT_SETTINGS, secretMaxAgeDays: 365 });
  await service.settings.set({ ...DEFAULT_SETTINGS, secretMaxAgeDays: 365, theme: 'dark' });
  await service.findings.export({ format: 'html', node: null });
  await service.nodes.correctProfile({ node: 'miu', corrections: [{ instance: 'a', workspace: '/w' }] });
  await service.nodes.rename({ node: 'miu', name: 'nao' });
  const { undo } = await service.nodes.remove({ node: 'miu' });
  await service.nodes.restore({ undo });
}

describe('everything that the console does', () => {
  it('leaves one event, once, and proves it', async () => {
    const service = await open();
    await busyEvening(service);
    expect(await kindsOf(service)).toEqual([
      'ledger-begun',
      'node-added',
      'look-ended',
      'waiver-made',
      'waiver-withdrawn',
      'declaration-made',
      'declaration-withdrawn',
      'settings-changed',
      'report-exported',
      'profile-corrected',
      'node-renamed',
      'node-removed',
      'node-restored',
    ]);
    expect(await service.activity.verify(NONE)).toMatchObject({
      verified: true,
      upTo: 13,
      size: 13,
      at: START,
    });
    expect(await service.activity.state(NONE)).toMatchObject({
      size: 13,
      newestAt: START,
      keyKeptIn: 'file',
      trouble: null,
    });
    expect(statSync(ledgerKeyFile(dataFolder)).mode & 0o777).toBe(0o600);
  });

  it('can be searched, filtered and paged, newest first', async () => {
    const service = await open();
    await busyEvening(service);
    const found = async (wish: object) =>
      (await service.activity.list({ search: '', limit: 50, ...wish })).entries.map((entry) => entry.number);
    expect(await found({ search: 'BEHIND a wall' })).toEqual([4]);
    expect(await found({ kinds: ['look-ended', 'report-exported'] })).toEqual([9, 3]);
    expect(await found({ node: 'miu' })).toEqual([13, 12, 11, 10, 5, 4, 3, 2]);
    expect(await found({ from: until })).toEqual([]);
    expect(await found({ to: until, search: 'less strict' })).toEqual([8]);
    const pages: number[][] = [];
    for (let before: number | null | undefined; before !== null; ) {
      const page = await service.activity.list({ search: '', limit: 5, ...(before && { before }) });
      pages.push(page.entries.map((entry) => entry.number));
      before = page.next;
    }
    expect(pages).toEqual([
      [13, 12, 11, 10, 9],
      [8, 7, 6, 5, 4],
      [3, 2, 1],
    ]);
  });

  it('is proven by a text that a third party checks without this console', async () => {
    const service = await open();
    await busyEvening(service);
    const { verifierKey } = await service.activity.state(NONE);
    for (let number = 1; number <= 13; number += 1) {
      const { text } = await service.activity.proof({ number });
      const proof = readTlogProof(text);
      const signed = readCheckpoint(proof?.checkpoint ?? '');
      const verifier = readVerifier(verifierKey ?? '');
      if (!proof || !signed || !verifier) throw new Error(text);
      expect(isSignedBy(signed.note, verifier)).toBe(true);
      expect(includes(leafHash(proof.text), proof.index, signed.size, proof.path, signed.root)).toBe(true);
      expect(includes(leafHash(`${proof.text} `), proof.index, signed.size, proof.path, signed.root)).toBe(
        false,
      );
      expect(JSON.parse(proof.text).number).toBe(number);
    }
    const shown = await service.activity.proof({ number: 3 });
    expect(shown.path.every((hash) => fromBase64(hash) !== null)).toBe(true);
    expect(await codeOf(service.activity.proof({ number: 14 }))).toBe('EVENT_UNKNOWN');
  });

  it('is held against a checkpoint that was saved, and a text that is none is refused', async () => {
    const service = await open();
    expect(await codeOf(service.activity.checkpoint(NONE))).toBe('EVENT_UNKNOWN');
    await addNode(service, 'miu');
    const { text: checkpoint, size } = await service.activity.checkpoint(NONE);
    await look(service);
    expect(size).toBe(2);
    expect(await service.activity.checkAgainst({ checkpoint })).toMatchObject({
      verified: true,
      against: 'elsewhere',
      upTo: 2,
      size: 3,
    });
    expect(await codeOf(service.activity.checkAgainst({ checkpoint: 'my shopping list' }))).toBe(
      'NOT_ALLOWED',
    );
  });

  it('never tells its key', async () => {
    const service = await open();
    await busyEvening(service);
    const all = JSON.stringify([
      await service.activity.state(NONE),
      await service.activity.list({ search: '', limit: 200 }),
      await service.activity.proof({ number: 1 }),
      await service.activity.checkpoint(NONE),
    ]);
    expect(all).not.toContain('PRIVATE');
  });
});

describe('a ledger that was damaged', () => {
  async function damaged(): Promise<ConsoleService> {
    const before = await open();
    await addNode(before, 'miu');
    await look(before);
    await declare(before);
    await before.close();
    const database = openDatabase(dataFolder, new Date());
    database.exec('UPDATE ledger_tile SET hashes = zeroblob(length(hashes))');
    database.close();
    return open();
  }

  it('holds nothing up that need not be recorded first, and says what is in no event', async () => {
    const service = await damaged();
    const told: string[] = [];
    service.topics.changes.onDelta((delta) => told.push(delta.what));
    expect((await look(service))[0]?.state).toBe('done');
    expect(told).toContain('activity');
    const [declared] = await service.decisions.declarations(NONE);
    await service.decisions.undeclare({ declaration: declared?.id ?? '' });
    await service.nodes.rename({ node: 'miu', name: 'nao' });
    expect(await service.decisions.declarations(NONE)).toEqual([]);
    expect((await service.activity.state(NONE)).trouble).toMatchObject({
      message: expect.stringContaining('not as it was left'),
      next: expect.stringContaining('verify'),
      missed: 3,
    });
    // What was recorded can still be read, and verifying says what is wrong.
    expect((await service.activity.list({ search: '', limit: 9 })).entries).toHaveLength(4);
    const report = await service.activity.verify(NONE);
    expect(report).toMatchObject({ verified: false, upTo: 4, from: null });
    expect(report.problems[0]?.code).toBe('hash-changed');
  });

  it('lets nothing be relaxed, accepted, added or taken out unseen', async () => {
    const service = await damaged();
    expect(await codeOf(waive(service))).toBe('STORE_UNAVAILABLE');
    expect(await codeOf(service.settings.set({ ...DEFAULT_SETTINGS, clockToleranceMs: 60_000 }))).toBe(
      'STORE_UNAVAILABLE',
    );
    expect(await codeOf(service.findings.export({ format: 'json', node: null }))).toBe('STORE_UNAVAILABLE');
    expect(await codeOf(addNode(service, 'naru', 'local'))).toBe('STORE_UNAVAILABLE');
    expect(await service.decisions.waivers({ node: null })).toEqual([]);
    expect((await service.settings.get(NONE)).clockToleranceMs).toBe(DEFAULT_SETTINGS.clockToleranceMs);
    expect(await service.nodes.list(NONE)).toHaveLength(1);
    // Being stricter again never waits.
    expect((await service.settings.set({ ...DEFAULT_SETTINGS, lookEveryMinutes: 5 })).lookEveryMinutes).toBe(
      5,
    );
  });

  it('lets no change of a node begin', async () => {
    const service = await damaged();
    const registry = new PlanRegistry();
    const { id, hash } = registry.add(examplePlan());
    const claimed = registry.claim(id, hash);
    if (typeof claimed === 'string') throw new Error(claimed);
    expect(await codeOf(service.plans.apply(claimed))).toBe('STORE_UNAVAILABLE');
    expect((await service.fixes.list({ limit: 50 })).changes).toEqual([]);
  });
});

describe('a key that is gone', () => {
  it('stops the ledger until there is a new one, and the ledger says for ever that it was exchanged', async () => {
    const before = await open();
    await addNode(before, 'miu');
    const { text: checkpoint } = await before.activity.checkpoint(NONE);
    await before.close();
    rmSync(ledgerKeyFile(dataFolder));
    const service = await open();
    expect(await codeOf(declare(service))).toBe('STORE_UNAVAILABLE');
    await service.nodes.rename({ node: 'miu', name: 'nao' });
    expect((await service.activity.verify(NONE)).problems.map((problem) => problem.code)).toEqual([
      'key-missing',
    ]);
    await service.activity.replaceKey({ reason: 'lost with the old disk' });
    await declare(service);
    expect(await kindsOf(service)).toEqual([
      'ledger-begun',
      'node-added',
      'ledger-key-replaced',
      'events-missed',
      'declaration-made',
    ]);
    expect(await service.activity.checkAgainst({ checkpoint })).toMatchObject({
      verified: true,
      upTo: 2,
      ownUpTo: 5,
    });
    expect(await codeOf(service.activity.replaceKey({ reason: 'once more' }))).toBe('STORE_UNAVAILABLE');
  });
});
