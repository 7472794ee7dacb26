import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Agreement } from '#core/ledger/agreed-plan.ts';
import { openStore } from '#core/store/open-store.ts';
import type { ChangeFields } from '#core/store/operations/changes.ts';
import type { Store } from '#core/store/store.ts';
import { engineOn, fileStep, hashed, QuickClock, stored } from './testing/engine-bench.ts';
import { FakeHelper } from './testing/fake-helper.ts';
import { inMemory } from './testing/fake-node.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-agreement-'));
  store = await openStore({ dataFolder: folder, thread: false });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const BEFORE = { '/etc/a': 'a' };
let number = 0;

/** A change that stands in the journal, kept and under way, and that no console had begun; then a console starts. */
async function found(agreed: Agreement, fields: ChangeFields = { state: 'applying', kept: true }) {
  number += 1;
  const id = number.toString(16).padStart(32, '0');
  const clock = new QuickClock();
  const place = inMemory(BEFORE);
  const helper = new FakeHelper(place, () => clock.now().getTime());
  const plan = hashed({
    id,
    node: `node-${number}`,
    steps: [fileStep('/etc/a', 'a', 'A')],
    revertsAfter: 60,
  });
  await store.beginChange({ plan, at: clock.now().toISOString() });
  await store.writeChange({ id, fields });
  const { engine } = engineOn(store, helper, clock, { agreed });
  await engine.recover();
  await engine.idle();
  return { change: await stored(store, id), things: place.read().things, engine };
}

it('goes on with what was agreed to', async () => {
  const { change, things } = await found('agreed');
  expect(change.state).toBe('done');
  expect(things['/etc/a']).toBe('A');
});

it('does nothing of a change that somebody wrote into the journal, and says so', async () => {
  const { change, things } = await found('not-agreed');
  expect(change).toMatchObject({ state: 'stuck' });
  expect(change.error).toMatch(/not what anybody agreed to/);
  expect(things).toEqual(BEFORE);
});

it('goes on with nothing that the ledger cannot prove, and waits', async () => {
  const { change, things, engine } = await found('unknown');
  expect(change).toMatchObject({ state: 'applying', endedAt: null });
  expect(change.error).toMatch(/ledger cannot prove/);
  expect(things).toEqual(BEFORE);
  await engine.close();
});

it('takes a fix back that the ledger cannot prove: that is to do less', async () => {
  const { change, things } = await found('unknown', { state: 'rolling-back' });
  expect(change.state).toBe('rolled-back');
  expect(things).toEqual(BEFORE);
});

it('keeps nothing that nobody agreed to', async () => {
  const revertsAt = new Date(Date.now() + 60_000).toISOString();
  for (const agreed of ['not-agreed', 'unknown'] as const) {
    number += 1;
    const id = number.toString(16).padStart(32, '0');
    const clock = new QuickClock();
    const helper = new FakeHelper(inMemory(BEFORE), () => clock.now().getTime());
    const { engine } = engineOn(store, helper, clock, { agreed });
    const plan = hashed({ id, node: `node-${number}`, steps: [], revertsAfter: 60 });
    await store.beginChange({ plan, at: clock.now().toISOString() });
    await store.writeChange({ id, fields: { state: 'unconfirmed', revertsAt } });
    await expect(engine.keep(await stored(store, id))).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  }
});
