import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appliedChangeOf } from '#core/fixes/plans/applied-change.ts';
import { undoPlan } from '#core/fixes/plans/undo-plans.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import { afterSteps, engineOn, fileStep, hashed, QuickClock, stored } from './testing/engine-bench.ts';
import { FakeHelper } from './testing/fake-helper.ts';
import { inMemory } from './testing/fake-node.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-leftover-'));
  store = await openStore({ dataFolder: folder, thread: false });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
const nextId = (): string => {
  made += 1;
  return made.toString(16).padStart(32, '0');
};

const BEFORE = { '/etc/a': 'a', '/etc/c': 'c' };
const STEPS = [
  fileStep('/etc/a', 'a', 'A'),
  fileStep('/etc/b', null, 'B'),
  fileStep('/etc/c', 'c', 'C'),
  fileStep('/etc/d', null, 'D'),
];

/** A change whose last step fails after somebody wrote to what its second step left. */
async function stuck() {
  const id = nextId();
  const clock = new QuickClock();
  const place = inMemory(BEFORE);
  const helper = new FakeHelper(place, () => clock.now().getTime());
  const bench = engineOn(store, helper, clock);
  const write = (path: string, text: string): void => {
    const node = place.read();
    node.things[path] = text;
    place.write(node);
  };
  helper.trouble = (request) => {
    if (request.ask !== 'do' || request.step !== 3) return null;
    write('/etc/b', 'of the operator');
    return 'no-space';
  };
  const plan = hashed({ id, node: `node-${id}`, steps: STEPS });
  await bench.engine.apply(plan);
  await bench.engine.idle();
  helper.trouble = () => null;
  const frame = {
    id: nextId(),
    madeAt: clock.now().toISOString(),
    node: { id: plan.node, name: 'miu' },
    access: plan.access,
  };
  const now = async () => appliedChangeOf(await stored(store, id), [await stored(store, id)]);
  return { ...bench, id, place, clock, helper, frame, plan, write, now, things: () => place.read().things };
}

describe('a change of which a step cannot be taken back', () => {
  it('takes back all the others, and says what is left, why, and by which command a person takes it back', async () => {
    const { now, things, told } = await stuck();
    expect(things()).toEqual({ ...BEFORE, '/etc/b': 'of the operator' });
    const change = await now();
    expect(change.state).toBe('stuck');
    expect(change.error).toContain('failed at step 4 of 4');
    expect(change.error).toContain('"Write /etc/b" (It was changed by somebody else.');
    expect(change.steps.map(({ state }) => state)).toEqual(['taken-back', 'done', 'taken-back', 'failed']);
    expect(change.left).toEqual([
      {
        step: 1,
        title: 'Write /etc/b',
        why: expect.stringContaining('contents was B, is of the operator'),
        undo: 'The file goes away.',
        byHand: 'sudo rm -- /etc/b',
      },
    ]);
    expect(told).toEqual(['ordered waiting', 'settled stuck']);
  });

  it('is taken back by an undo once nothing speaks against it', async () => {
    const { engine, id, frame, write, things, now } = await stuck();
    write('/etc/b', 'B');
    const undo = hashed(undoPlan(frame, await stored(store, id), [], null));
    expect(undo.steps.map(({ takesBack }) => takesBack?.step)).toEqual([1]);
    await engine.apply(undo);
    await engine.idle();
    expect(things()).toEqual(BEFORE);
    expect(await now()).toMatchObject({ state: 'undone', undoneBy: undo.id });
    expect((await now()).left).toBeUndefined();
  });

  it('is settled when a person leaves it as it is, once, and is never tried again', async () => {
    const { engine, id, things, now, told, plan } = await stuck();
    await engine.leave(await stored(store, id), false);
    expect(things()).toEqual({ ...BEFORE, '/etc/b': 'of the operator' });
    const change = await now();
    expect(change.state).toBe('rolled-back');
    expect(change.error).toContain('Left as it is by hand: "Write /etc/b".');
    expect(change.steps[1]?.state).toBe('left-out');
    expect(change.undo).toEqual({ possible: false, reason: 'You left it as it is.' });
    expect(told).toEqual(['ordered waiting', 'settled stuck', 'settled rolled-back']);
    await expect(engine.leave(await stored(store, id), false)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    // The node is free for other changes.
    const next = hashed({ id: nextId(), node: plan.node, steps: [fileStep('/etc/e', null, 'E')] });
    await engine.apply(next);
    await engine.idle();
    expect(await stored(store, next.id)).toMatchObject({ state: 'done' });
  });

  it('is not left while something is under way on the node', async () => {
    const { engine, id, plan } = await stuck();
    const timed = hashed({
      id: nextId(),
      node: plan.node,
      revertsAfter: 60,
      steps: [fileStep('/etc/e', null, 'E')],
    });
    await engine.apply(timed);
    await engine.idle();
    await expect(engine.leave(await stored(store, id), false)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await stored(store, id)).toMatchObject({ state: 'stuck' });
    engine.revert(await stored(store, timed.id));
    await engine.idle();
  });

  it('lets a change that is done be left as it is only when the node refused its undo', async () => {
    const { engine, plan } = await stuck();
    const other = hashed({ id: nextId(), node: plan.node, steps: [fileStep('/etc/e', null, 'E')] });
    await engine.apply(other);
    await engine.idle();
    await expect(engine.leave(await stored(store, other.id), false)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: 'Nothing keeps this change from being taken back.',
    });
    expect(await stored(store, other.id)).toMatchObject({ steps: [{ state: 'done' }] });
    await engine.leave(await stored(store, other.id), true);
    expect(await stored(store, other.id)).toMatchObject({ state: 'done', steps: [{ state: 'left-out' }] });
  });

  it('says so when the node has no undo record any more, and takes nothing for taken back', async () => {
    const { engine, id, place, helper, things } = await stuck();
    // Gone by other hands, as with a folder that was emptied.
    const gone = hashed({ id: nextId(), node: `${id}-gone`, steps: STEPS });
    helper.trouble = (request) => {
      if (request.ask !== 'do' || request.step !== 1) return null;
      const node = place.read();
      delete node.changes[gone.id];
      place.write(node);
      return 'no-space';
    };
    await engine.apply(gone);
    await engine.idle();
    const change = await stored(store, gone.id);
    expect(change.state).toBe('stuck');
    expect(change.error).toContain('has no undo record of it any more');
    expect(change.steps[0]?.state).toBe('done');
    expect(things()).toMatchObject({ '/etc/a': 'A' });
  });

  it('keeps apart what the timer of the node took back and what it left', async () => {
    const { engine, plan, write, clock, things } = await stuck();
    const steps = [fileStep('/etc/e', null, 'E'), fileStep('/etc/f', null, 'F')];
    const timed = hashed({ id: nextId(), node: plan.node, revertsAfter: 60, steps });
    await engine.apply(timed);
    await engine.idle();
    write('/etc/e', 'of the operator');
    clock.pass(63_000);
    await expect.poll(async () => (await stored(store, timed.id)).state).toBe('stuck');
    await engine.idle();
    const after = await stored(store, timed.id);
    expect(after.steps.map(({ state }) => state)).toEqual(['done', 'taken-back']);
    expect(after.steps[0]?.message).toContain('contents was E, is of the operator');
    expect(things()).toMatchObject({ '/etc/e': 'of the operator' });
    expect(afterSteps({}, steps)).toHaveProperty('/etc/f');
    expect(things()).not.toHaveProperty('/etc/f');
  });
});
