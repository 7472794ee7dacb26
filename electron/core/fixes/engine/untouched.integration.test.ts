import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '#core/store/open-store.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Store } from '#core/store/store.ts';
import { WHEN_LET } from '#shared/domain/plan.ts';
import { engineOn, fileStep, hashed, QuickClock, stored } from './testing/engine-bench.ts';
import { FakeHelper, type Trouble } from './testing/fake-helper.ts';
import { inMemory } from './testing/fake-node.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-untouched-'));
  store = await openStore({ dataFolder: folder, thread: false });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const BEFORE = { '/etc/a': 'a', '/etc/b': 'b' };
const STEPS = [fileStep('/etc/a', 'a', 'A'), fileStep('/etc/b', 'b', 'B')];

let number = 0;

/** Orders a change on a node of its own on which a window is dismissed as `trouble` says. */
async function ordered(trouble: Trouble, revertsAfter: number | null = null) {
  number += 1;
  const id = number.toString(16).padStart(32, '0');
  const clock = new QuickClock();
  const place = inMemory(BEFORE);
  const helper = new FakeHelper(place, () => clock.now().getTime());
  helper.trouble = trouble;
  const { engine } = engineOn(store, helper, clock);
  await engine.apply(hashed({ id, node: `node-${number}`, steps: STEPS, revertsAfter }));
  await engine.idle();
  return { change: await stored(store, id), things: place.read().things, engine };
}

describe('a window that is dismissed', () => {
  it('ends a change of which nothing was done, without asking anybody again', async () => {
    let isDismissed = false;
    // As the console does it: after one window was dismissed, no other one follows by itself.
    const { change, things } = await ordered(({ ask }) => {
      isDismissed ||= ask === 'do';
      return isDismissed ? 'dismissed' : null;
    });
    expect(change).toMatchObject({
      state: 'rolled-back',
      error: 'The connection is dismissed. Nothing was changed.',
    });
    expect(change.endedAt).not.toBeNull();
    expect(change.steps.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(things).toEqual(BEFORE);
  });

  it('ends one whose timer was asked for and not set', async () => {
    const { change } = await ordered(({ ask }) => (ask === 'hello' ? null : 'dismissed'), 60);
    expect(change).toMatchObject({ state: 'rolled-back' });
  });

  it('leaves one open of which something may be done, and says what it waits for', async () => {
    let asked = 0;
    const { change, things } = await ordered(({ ask }) => {
      if (ask === 'do') asked += 1;
      return asked > 1 ? 'dismissed' : null;
    });
    expect(change).toMatchObject({ state: 'rolling-back', endedAt: null });
    expect(change.error).toContain(WHEN_LET);
    expect(things).toEqual({ ...BEFORE, '/etc/a': 'A' });
  });

  it('does not believe that nothing was done where an earlier try may have got there', async () => {
    let tries = 0;
    const { change } = await ordered(({ ask }) => {
      if (ask === 'do') tries += 1;
      return tries === 0 ? null : tries === 1 && ask === 'do' ? 'cut-after' : 'dismissed';
    });
    expect(change.state).toBe('rolling-back');
  });
});

/** The change of a console that was killed at its second step, begun again on a node that wants a person. */
async function interrupted(revertsAfter: number | null) {
  number += 1;
  const id = number.toString(16).padStart(32, 'a');
  const clock = new QuickClock();
  const place = inMemory(BEFORE);
  const helper = new FakeHelper(place, () => clock.now().getTime());
  let asked = 0;
  helper.trouble = ({ ask }) => {
    if (ask === 'do') asked += 1;
    return asked > 1 ? 'dismissed' : null;
  };
  const first = engineOn(store, helper, clock);
  await first.engine.apply(hashed({ id, node: `node-${number}`, steps: STEPS, revertsAfter }));
  await first.engine.idle();
  await store.writeChange({ id, fields: { state: 'applying', error: null } });
  clock.forgetTimers();
  const { engine, opened } = engineOn(store, helper, clock);
  await engine.recover();
  await engine.idle();
  /** Lets time pass, and has it looked at again: by hand, for a timer of the engine tells nobody when it has. */
  const later = async (ms: number) => {
    clock.forgetTimers();
    clock.pass(ms);
    await engine.recover();
    await engine.idle();
  };
  return { id, later, helper, engine, opened, place };
}

describe('a change that waits for a person after a start of the console', () => {
  it('says how it is taken up again, and what the timer of the node has done by then', async () => {
    const { id, later, engine, opened, helper, place } = await interrupted(60);
    const waiting = (await stored(store, id)).error ?? '';
    expect(waiting).toContain(`It goes on ${WHEN_LET}`);
    expect(waiting).toContain('"Try now"');
    expect(waiting).toContain(`undo ${id.slice(0, 8)}`);
    expect(waiting).toMatch(/by itself, by about (\d{4}-\d\d-\d\d )?\d\d:\d\d\.$/);
    // 60 seconds, and 20 for each of the two steps.
    await later(99_000);
    expect((await stored(store, id)).error).not.toContain('By now');
    await later(16_000);
    const late = (await stored(store, id)).error ?? '';
    expect(late).toMatch(/By now .+ has most likely taken it back by itself \(its own timer ended at about /);
    expect(late.split(WHEN_LET)).toHaveLength(2);
    expect(opened.every(({ ask }) => !ask)).toBe(true);
    // A person takes it up: it is asked for, and comes to rest.
    let meanwhile: Promise<StoredChange> | null = null;
    helper.trouble = () => {
      meanwhile ??= stored(store, id);
      return null;
    };
    engine.cancel(await stored(store, id));
    await engine.idle();
    // Who follows it must not take the words of before for a question that was refused.
    expect(await meanwhile).toMatchObject({ error: null });
    expect(opened.at(-1)).toMatchObject({ ask: true });
    const ended = await stored(store, id);
    expect(ended.endedAt).not.toBeNull();
    expect(ended.error).not.toContain(WHEN_LET);
    expect(place.read().things).toEqual(BEFORE);
  });

  it('says once for what it waits, and keeps why it is taken back', async () => {
    const { id, later } = await interrupted(null);
    await store.writeChange({ id, fields: { state: 'rolling-back', error: 'It failed at step 2.' } });
    for (let times = 0; times < 3; times += 1) {
      await later(16_000);
    }
    const { error } = await stored(store, id);
    expect(error).toMatch(/^It failed at step 2\. It is taken back as soon as you let it: /);
    expect(error?.split(WHEN_LET)).toHaveLength(2);
  });

  it('says without a timer that what was done stands, and not what waited before once it is asked again', async () => {
    const { id, engine } = await interrupted(null);
    expect((await stored(store, id)).error).toMatch(/What was done so far stands\.$/);
    engine.cancel(await stored(store, id));
    await engine.idle();
    const again = (await stored(store, id)).error ?? '';
    expect(again.split(WHEN_LET)).toHaveLength(2);
  });
});
