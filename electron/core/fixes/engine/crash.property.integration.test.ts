import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { undoPlan } from '#core/fixes/plans/undo-plans.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { afterSteps, engineOn, fileStep, hashed, QuickClock, stored } from './testing/engine-bench.ts';
import { FakeHelper, type Trouble } from './testing/fake-helper.ts';
import { inMemory } from './testing/fake-node.ts';

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-crash-'));
  store = await openStore({ dataFolder: folder, thread: false });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const PATHS = ['/etc/a', '/etc/b', '/etc/c', '/etc/d'];
const START: Record<string, string> = { '/etc/a': 'a0', '/etc/b': 'b0' };
let made = 0;
const nextId = (): string => {
  made += 1;
  return made.toString(16).padStart(32, '0');
};

/** Steps that fit to each other and to the start. */
function stepsOf(
  wanted: readonly { path: number; text: number | null; late: boolean }[],
  timed: boolean,
): PlanStep[] {
  let things = START;
  const steps: PlanStep[] = [];
  const ordered = timed ? [...wanted].sort((a, b) => Number(a.late) - Number(b.late)) : wanted;
  for (const { path: index, text, late } of ordered) {
    const path = PATHS[index] ?? '/etc/a';
    const before = things[path] ?? null;
    const after = text === null ? null : `v${text}`;
    if (before === null && after === null) continue;
    const step = fileStep(path, before, after, timed && late ? 'when-kept' : 'now');
    steps.push(step);
    things = afterSteps(things, [step]);
  }
  return steps.length > 0 ? steps : [fileStep('/etc/d', null, 'd')];
}

/** A console that stops for ever at the n-th boundary, as if it were killed there. */
function dies(at: number) {
  let passed = 0;
  const died = Promise.withResolvers<void>();
  return {
    died: died.promise,
    fault: (): void | Promise<void> => {
      passed += 1;
      if (passed !== at) return undefined;
      died.resolve();
      return new Promise(() => undefined);
    },
  };
}

const wanted = fc.array(fc.record({ path: fc.nat(3), text: fc.option(fc.nat(9)), late: fc.boolean() }), {
  minLength: 1,
  maxLength: 6,
});

describe('a node after crashes and failures', () => {
  it('is as before or as after, never between, and the journal knows which', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        wanted,
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
        fc.option(
          fc.record({ step: fc.nat(5), how: fc.constantFrom('no-space', 'cut-before', 'cut-after', 'away') }),
        ),
        async (shape, timed, keeps, crashes, trouble) => {
          const steps = stepsOf(shape, timed);
          const clock = new QuickClock();
          const place = inMemory(START);
          const helper = new FakeHelper(place, () => clock.now().getTime());
          let troubled = 0;
          const acts: Trouble = (request) => {
            if (trouble === null || request.ask !== 'do' || request.step !== trouble.step || troubled > 2)
              return null;
            troubled += 1;
            return trouble.how as ReturnType<Trouble>;
          };
          helper.trouble = acts;
          const id = nextId();
          const plan = hashed({ id, node: `node-${id}`, steps, revertsAfter: timed ? 60 : null });

          const run = async (
            work: (engine: ReturnType<typeof engineOn>['engine']) => Promise<void>,
            at: number,
          ) => {
            clock.forgetTimers();
            const { died, fault } = dies(at);
            const { engine } = engineOn(store, helper, clock, { fault });
            await Promise.race([died, work(engine).then(() => engine.idle())]);
            return engine;
          };
          await run(async (engine) => void (await engine.apply(plan)), crashes[0] ?? 0);
          for (const at of crashes.slice(1)) await run((engine) => engine.recover(), at);
          let engine = await run((last) => last.recover(), 0);
          if (timed && keeps && (await stored(store, id)).state === 'unconfirmed') {
            await run(async (last) => last.keep(await stored(store, id)), crashes[0] ?? 0);
            engine = await run((last) => last.recover(), 0);
          }
          // Whatever waits for its time or for the node gets it.
          for (let waits = 0; waits < 8 && (await stored(store, id)).endedAt === null; waits += 1) {
            clock.pass(65_000);
            helper.tick();
            await engine.recover();
            await engine.idle();
          }
          const change = await stored(store, id);
          expect(change.endedAt, change.state).not.toBeNull();
          expect(['done', 'rolled-back', 'reverted']).toContain(change.state);
          const { things, changes } = place.read();
          expect(things).toEqual(change.state === 'done' ? afterSteps(START, steps) : START);
          if (change.state !== 'done') expect(changes).toEqual({});
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is as before or as after an undo, too', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        wanted,
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
        fc.option(fc.nat(3)),
        async (shape, crashes, foreign) => {
          const steps = stepsOf(shape, false);
          const clock = new QuickClock();
          const place = inMemory(START);
          const helper = new FakeHelper(place, () => clock.now().getTime());
          const id = nextId();
          const plan = hashed({ id, node: `node-${id}`, steps });
          const first = engineOn(store, helper, clock).engine;
          await first.apply(plan);
          await first.idle();
          const after = afterSteps(START, steps);
          if (foreign !== null) {
            // Somebody else changes one of the places.
            const node = place.read();
            node.things[PATHS[foreign] ?? '/etc/a'] = 'foreign';
            after[PATHS[foreign] ?? '/etc/a'] = 'foreign';
            place.write(node);
          }
          const frame = {
            id: nextId(),
            madeAt: clock.now().toISOString(),
            node: { id: plan.node, name: 'miu' },
            access: plan.access,
          };
          const undo = hashed(undoPlan(frame, await stored(store, id), [], null));
          let begun = false;
          for (const at of [...crashes, 0]) {
            clock.forgetTimers();
            const { died, fault } = dies(at);
            const { engine } = engineOn(store, helper, clock, { fault });
            const work = begun ? engine.recover() : engine.apply(undo);
            begun = true;
            await Promise.race([died, Promise.resolve(work).then(() => engine.idle())]);
          }
          const change = await stored(store, undo.id);
          const touched =
            foreign !== null &&
            steps.some((step) => step.action && 'path' in step.action && step.action.path === PATHS[foreign]);
          const undone = foreign === null ? START : { ...START, [PATHS[foreign] ?? '']: 'foreign' };
          // Killed before its first step, it is not begun again by itself.
          const stepped = change.steps.some((step) => step.state !== 'waiting');
          const back = stepped && !touched;
          expect(change.state).toBe(back ? 'done' : 'rolled-back');
          expect(place.read().things).toEqual(back ? undone : after);
          expect((await stored(store, id)).state).toBe(back ? 'undone' : 'done');
        },
      ),
      { numRuns: 200 },
    );
  });
});
