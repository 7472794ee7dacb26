import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { undoPlan } from '#core/fixes/plans/undo-plans.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import { afterSteps, engineOn, fileStep, hashed, QuickClock, stored } from './testing/engine-bench.ts';
import { FakeHelper } from './testing/fake-helper.ts';
import { inMemory } from './testing/fake-node.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-engine-'));
  store = await openStore({ dataFolder: folder, thread: false });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

let number = 0;
const nextId = (): string => {
  number += 1;
  return number.toString(16).padStart(32, '0');
};

const BEFORE = { '/etc/a': 'a', '/etc/b': 'b' };
const STEPS = [
  fileStep('/etc/a', 'a', 'A'),
  fileStep('/etc/new', null, 'new'),
  fileStep('/etc/b', 'b', null),
];

/** A fake node, an engine on the real store, and a plan for it. Every test has a node of its own, for the lock is per node. */
function setUp(change: Parameters<typeof hashed>[0] = {}, holds = true) {
  const id = nextId();
  const clock = new QuickClock();
  const place = inMemory(BEFORE);
  const helper = new FakeHelper(place, () => clock.now().getTime());
  const { engine, told, opened } = engineOn(store, helper, clock, { holds });
  const plan = hashed({ id, node: `node-${number}`, steps: STEPS, ...change });
  const frame = {
    id: nextId(),
    madeAt: clock.now().toISOString(),
    node: { id: plan.node, name: 'miu' },
    access: plan.access,
  };
  return { id, clock, place, helper, engine, told, opened, plan, frame, things: () => place.read().things };
}

const AFTER = afterSteps(BEFORE, STEPS);

describe('the engine', () => {
  it('does every step, verifies, and says that it is done', async () => {
    const { engine, plan, id, things, told } = setUp();
    expect(await engine.apply(plan)).toBe(id);
    await engine.idle();
    expect(things()).toEqual(AFTER);
    const change = await stored(store, id);
    expect(change).toMatchObject({ state: 'done', error: null });
    expect(change.endedAt).not.toBeNull();
    expect(change.steps.map((step) => step.state)).toEqual(['done', 'done', 'done']);
    expect(change.steps.every((step) => /^[0-9a-f]{64}$/.test(step.record ?? ''))).toBe(true);
    expect(told).toEqual(['ordered waiting', 'settled done']);
  });

  it('says when the look afterwards shows something else, and takes nothing back', async () => {
    const { engine, plan, id, things } = setUp({}, false);
    await engine.apply(plan);
    await engine.idle();
    expect(things()).toEqual(AFTER);
    expect(await stored(store, id)).toMatchObject({ state: 'not-verified' });
  });

  it('does one change at a time on a node, and each plan once', async () => {
    const { engine, plan } = setUp({ revertsAfter: 60 });
    await engine.apply(plan);
    await engine.idle();
    await expect(engine.apply(hashed({ ...plan, id: nextId() }))).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    await expect(engine.apply(plan)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it.each([0, 1, 2])('takes everything back when step %i fails, and says which', async (step) => {
    const { engine, plan, id, helper, things, place } = setUp();
    helper.trouble = (request) => (request.ask === 'do' && request.step === step ? 'no-space' : null);
    await engine.apply(plan);
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    const change = await stored(store, id);
    expect(change.state).toBe('rolled-back');
    expect(change.error).toContain(`step ${step + 1} of 3`);
    expect(change.error).toContain('no-space');
    expect(change.steps[step]?.state).toBe('failed');
    expect(place.read().changes).toEqual({});
  });

  it.each(['cut-before', 'cut-after'] as const)('asks again when the connection breaks (%s)', async (how) => {
    const { engine, plan, id, helper, things } = setUp();
    let cuts = 0;
    helper.trouble = (request) => {
      if (request.ask !== 'do' || cuts >= 4) return null;
      cuts += 1;
      return cuts % 2 === 1 ? how : null;
    };
    await engine.apply(plan);
    await engine.idle();
    expect(cuts).toBe(4);
    expect(things()).toEqual(AFTER);
    expect(await stored(store, id)).toMatchObject({ state: 'done' });
  });

  it('takes back when a node that went away in the middle is back', async () => {
    const { engine, plan, id, helper, things, clock } = setUp();
    let gone = false;
    helper.trouble = (request) => {
      if (request.ask === 'do' && request.step === 1) gone = true;
      return gone ? 'away' : null;
    };
    await engine.apply(plan);
    await engine.idle();
    expect(await stored(store, id)).toMatchObject({ state: 'rolling-back', endedAt: null });
    gone = false;
    helper.trouble = () => null;
    clock.pass(60_000);
    await expect.poll(async () => (await stored(store, id)).state).toBe('rolled-back');
    expect(things()).toEqual(BEFORE);
  });

  it('changes nothing when the helper cannot be asked at all', async () => {
    const { engine, plan, id, helper, things } = setUp();
    helper.trouble = () => 'away';
    await engine.apply(plan);
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    expect((await stored(store, id)).error).toContain('Nothing was changed.');
    expect(await stored(store, id)).toMatchObject({ state: 'rolled-back' });
  });

  it('stops between two steps when it is cancelled', async () => {
    const { engine, plan, id, helper, things } = setUp();
    helper.trouble = (request) => {
      if (request.ask === 'do' && request.step === 1)
        void stored(store, id).then((change) => engine.cancel(change));
      return null;
    };
    await engine.apply(plan);
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    expect((await stored(store, id)).error).toContain('stopped before step 3 of 3');
  });
});

describe('a change that takes itself back', () => {
  const timed = { revertsAfter: 60, steps: [...STEPS, fileStep('/etc/kept', null, 'k', 'when-kept')] };

  it('does what survives a reboot only once it is kept, over a fresh connection', async () => {
    const { engine, plan, id, things, opened } = setUp(timed);
    await engine.apply(plan);
    await engine.idle();
    expect(things()).toEqual(AFTER);
    const waiting = await stored(store, id);
    expect(waiting).toMatchObject({ state: 'unconfirmed', kept: false });
    expect(Date.parse(waiting.revertsAt ?? '') - Date.parse(waiting.startedAt)).toBe(60_000);
    expect(opened.map((how) => how.fresh)).toEqual([false]);
    await engine.keep(waiting);
    expect(opened[1]?.fresh).toBe(true);
    await engine.idle();
    expect(things()).toEqual({ ...AFTER, '/etc/kept': 'k' });
    expect(await stored(store, id)).toMatchObject({ state: 'done', kept: true, revertsAt: null });
  });

  it.each(['keep', 'revert'] as const)(
    'lets a person who is faster than the closing of its connection %s it',
    async (word) => {
      const { engine, plan, id, things, helper } = setUp(timed);
      const closing = Promise.withResolvers<undefined>();
      helper.close = async () => void (await closing.promise);
      await engine.apply(plan);
      await expect.poll(async () => (await stored(store, id)).state).toBe('unconfirmed');
      const waiting = await stored(store, id);
      const told = word === 'keep' ? engine.keep(waiting) : engine.revert(waiting);
      closing.resolve(undefined);
      await told;
      await engine.idle();
      const kept = { state: 'done', there: { ...AFTER, '/etc/kept': 'k' } };
      const { state, there } = word === 'keep' ? kept : { state: 'reverted', there: BEFORE };
      expect(await stored(store, id)).toMatchObject({ state });
      expect(things()).toEqual(there);
    },
  );

  it('is found reverted when nobody kept it', async () => {
    const { engine, plan, id, things, clock } = setUp(timed);
    await engine.apply(plan);
    await engine.idle();
    clock.pass(63_000);
    await expect.poll(async () => (await stored(store, id)).state).toBe('reverted');
    expect(things()).toEqual(BEFORE);
    expect((await stored(store, id)).error).toContain('within 60 seconds');
  });

  it('cannot be kept when it is too late, and says so', async () => {
    const { engine, plan, id, helper, things, clock } = setUp(timed);
    await engine.apply(plan);
    await engine.idle();
    const waiting = await stored(store, id);
    // The clock of the node went on; that of the console has not noticed yet.
    clock.pass(60_500);
    helper.tick();
    await expect(engine.keep(waiting)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await engine.idle();
    expect(await stored(store, id)).toMatchObject({ state: 'reverted' });
    expect(things()).toEqual(BEFORE);
  });

  it('cannot be kept while the node does not answer over a fresh connection', async () => {
    const { engine, plan, id, helper, things } = setUp(timed);
    await engine.apply(plan);
    await engine.idle();
    helper.trouble = () => 'away';
    await expect(engine.keep(await stored(store, id))).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
    expect(await stored(store, id)).toMatchObject({ state: 'unconfirmed', kept: false });
    expect(things()).not.toHaveProperty('/etc/kept');
  });

  it('is taken back at once by a word', async () => {
    const { engine, plan, id, things } = setUp(timed);
    await engine.apply(plan);
    await engine.idle();
    engine.revert(await stored(store, id));
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    expect(await stored(store, id)).toMatchObject({ state: 'reverted' });
  });

  describe('with a step that the plan lets stay', () => {
    const lasting = { ...fileStep('/etc/made', null, 'm'), undoable: false, undo: 'It stays.' };
    const withLasting = { revertsAfter: 60, steps: [...STEPS, lasting] };
    const written = ({ place }: ReturnType<typeof setUp>): void => {
      const node = place.read();
      node.things['/etc/made'] = 'written since';
      place.write(node);
    };

    it('says nothing of it where the node took it back all the same', async () => {
      const { engine, plan, id, things } = setUp(withLasting);
      await engine.apply(plan);
      await engine.idle();
      engine.revert(await stored(store, id));
      await engine.idle();
      expect(things()).toEqual(BEFORE);
      const change = await stored(store, id);
      expect(change.error).not.toContain('stays');
      expect(change.steps.map((step) => step.state)).toEqual(Array(4).fill('taken-back'));
    });

    it.each(['by a word', 'by the timer'])('is no failure when it was written to since: %s', async (how) => {
      const all = setUp(withLasting);
      const { engine, plan, id, things, clock } = all;
      await engine.apply(plan);
      await engine.idle();
      written(all);
      if (how === 'by a word') engine.revert(await stored(store, id));
      else clock.pass(63_000);
      await expect.poll(async () => (await stored(store, id)).state).toBe('reverted');
      expect(things()).toEqual({ ...BEFORE, '/etc/made': 'written since' });
      const change = await stored(store, id);
      expect(change.error).toContain('stays: It stays.');
      expect(change.steps.map((step) => step.state)).toEqual([...Array(3).fill('taken-back'), 'done']);
    });

    it('is stuck all the same when something else was changed', async () => {
      const all = setUp(withLasting);
      const { engine, plan, id, place } = all;
      await engine.apply(plan);
      await engine.idle();
      const node = place.read();
      node.things['/etc/a'] = 'somebody else';
      place.write(node);
      engine.revert(await stored(store, id));
      await engine.idle();
      const change = await stored(store, id);
      expect(change.state).toBe('stuck');
      expect(change.error).toContain('was changed since');
    });
  });

  it('is not begun when its timer cannot be set', async () => {
    const { engine, plan, id, helper, things } = setUp(timed);
    helper.trouble = (request) => (request.ask === 'arm' ? 'program-failed' : null);
    await engine.apply(plan);
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    expect(await stored(store, id)).toMatchObject({ state: 'rolled-back' });
    expect(helper.asked).not.toContain('do');
  });

  it('takes everything back when a step after the word fails', async () => {
    const { engine, plan, id, helper, things } = setUp(timed);
    await engine.apply(plan);
    await engine.idle();
    helper.trouble = (request) => (request.ask === 'do' ? 'read-only' : null);
    await engine.keep(await stored(store, id));
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    expect(await stored(store, id)).toMatchObject({ state: 'rolled-back' });
  });
});

describe('taking back', () => {
  async function done() {
    const all = setUp();
    await all.engine.apply(all.plan);
    await all.engine.idle();
    const undo = undoPlan(all.frame, await stored(store, all.id), [], null);
    return { ...all, undo: hashed(undo) };
  }

  it('undoes a change, newest step first, and marks it', async () => {
    const { engine, undo, id, things, place } = await done();
    expect(undo.steps.map((step) => step.takesBack?.step)).toEqual([2, 1, 0]);
    await engine.apply(undo);
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    expect(await stored(store, id)).toMatchObject({ state: 'undone', undoneBy: undo.id });
    expect(await stored(store, undo.id)).toMatchObject({ state: 'done' });
    expect(place.read().changes).toEqual({});
  });

  it('does again what it took away when a later step refuses, and can be undone afterwards', async () => {
    const { engine, undo, id, things, helper, place, frame } = await done();
    const tampered = place.read();
    tampered.things['/etc/a'] = 'somebody else';
    place.write(tampered);
    await engine.apply(undo);
    await engine.idle();
    expect(things()).toEqual({ ...AFTER, '/etc/a': 'somebody else' });
    expect(await stored(store, undo.id)).toMatchObject({ state: 'rolled-back' });
    const change = await stored(store, id);
    expect(change).toMatchObject({ state: 'done', undoneBy: null });
    expect(change.steps.map((step) => step.heldChange)).toEqual([null, undo.id, undo.id]);
    // Once the foreign change is gone, it can be taken back, from where the records are now.
    const restored = place.read();
    restored.things['/etc/a'] = 'A';
    place.write(restored);
    const again = hashed(undoPlan({ ...frame, id: nextId() }, change, [], null));
    await engine.apply(again);
    await engine.idle();
    expect(helper.asked).toContain('undo');
    expect(things()).toEqual(BEFORE);
    expect(await stored(store, id)).toMatchObject({ state: 'undone' });
  });

  it('is stuck, in words, when an undo record was tampered with', async () => {
    const { engine, undo, place } = await done();
    const node = place.read();
    const step = Object.values(node.changes)[0]?.steps[2];
    if (step === undefined) throw new Error('no step');
    step.before = 'forged';
    place.write(node);
    await engine.apply(undo);
    await engine.idle();
    expect(place.read().things).toEqual(AFTER);
    const change = await stored(store, undo.id);
    expect(change.state).toBe('rolled-back');
    expect(change.error).toContain('not the one that was written');
  });

  it.each(['cut-before', 'cut-after'] as const)(
    'rolls an undo back when the node is lost in its midst (%s), whatever came of the last step',
    async (how) => {
      const { engine, undo, id, things, helper } = await done();
      // Step 1 is the second to be taken back. Its answer never comes, however often it is asked.
      helper.trouble = (request) => (request.ask === 'undo' && request.step === 1 ? how : null);
      await engine.apply(undo);
      await engine.idle();
      expect(things()).toEqual(AFTER);
      expect(await stored(store, undo.id)).toMatchObject({ state: 'rolled-back' });
      expect(await stored(store, id)).toMatchObject({ state: 'done', undoneBy: null });
    },
  );
});
