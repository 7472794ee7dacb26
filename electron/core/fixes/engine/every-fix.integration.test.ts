import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stockNode } from '#core/checks/testing/stock-node.ts';
import { FIXES } from '#core/fixes/all.ts';
import { bare } from '#core/fixes/testing/bare.ts';
import { outcomeFor } from '#core/fixes/testing/plan-for.ts';
import { TEXTS, TO_REPAIR } from '#core/fixes/testing/to-repair.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { PlanStep } from '#shared/domain/plan.ts';
import { engineOn, hashed, QuickClock, stored } from './testing/engine-bench.ts';
import { FakeHelper } from './testing/fake-helper.ts';
import { effectOf, inMemory } from './testing/fake-node.ts';

/** Its plan is made of what pip said, and is carried out with a real pip in e2e/fixes/package-upgrade. */
const ELSEWHERE: readonly CheckId[] = ['dependency-audit'];
const CHECKS = FIXES.map(({ check }) => check).filter((check) => !ELSEWHERE.includes(check));

/** Steps as the fix plans them for a node that needs it; what each saw at its place is the fake node's affair. */
function stepsFor(check: CheckId): PlanStep[] {
  const rows = TO_REPAIR.filter((row) => row[0] === check).map((row) => row[2]);
  const nodes: Facts[] = [...rows, bare(), stockNode()];
  const plans = nodes.flatMap((facts) => {
    const outcome = outcomeFor(check, facts, { texts: TEXTS });
    return outcome.automatic ? [outcome.plan.steps] : [];
  });
  const longest = plans.toSorted((a, b) => b.length - a.length)[0] ?? [];
  return longest.map((step) =>
    step.action !== null && 'expect' in step.action
      ? { ...step, action: { ...step.action, expect: { kind: 'any' as const } } }
      : step,
  );
}

/** A console that stops for ever at the n-th boundary, as if it were killed there; how many there were. */
function dies(at: number) {
  const died = Promise.withResolvers<void>();
  let passed = 0;
  return {
    died: died.promise,
    passed: () => passed,
    fault: (): void | Promise<void> => {
      passed += 1;
      if (passed !== at) return undefined;
      died.resolve();
      return new Promise(() => undefined);
    },
  };
}

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'swarmkeep-every-fix-'));
  store = await openStore({ dataFolder: folder, thread: false });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Whether it takes itself back unless it is kept, and whether it is. */
interface Way {
  isTimed: boolean;
  keeps: boolean;
}

let made = 0;

/** One repair with a death at that boundary (0: none) and a console that comes back. */
async function repair(steps: readonly PlanStep[], dieAt: number, { isTimed, keeps }: Way) {
  made += 1;
  const id = made.toString(16).padStart(32, '0');
  const clock = new QuickClock();
  const place = inMemory();
  const helper = new FakeHelper(place, () => clock.now().getTime());
  const plan = hashed({ id, node: `node-${id}`, steps: [...steps], revertsAfter: isTimed ? 60 : null });
  const death = dies(dieAt);
  const run = async (
    fault: () => void | Promise<void>,
    work: (engine: ReturnType<typeof engineOn>['engine']) => unknown,
  ) => {
    clock.forgetTimers();
    const { engine } = engineOn(store, helper, clock, { fault });
    await Promise.race([death.died, Promise.resolve(work(engine)).then(() => engine.idle())]);
  };
  /** The answer of a person, where the change waits for one. */
  const answer = async (fault: () => void | Promise<void>) => {
    const change = await stored(store, id);
    if (change.state !== 'unconfirmed') return;
    await run(fault, (engine) => (keeps ? engine.keep(change) : engine.revert(change)));
  };
  await run(death.fault, (engine) => engine.apply(plan));
  if (dieAt === 0 || death.passed() < dieAt) await answer(death.fault);
  // From here on nobody dies any more.
  const alive = engineOn(store, helper, clock).engine;
  const rest = async () => {
    await alive.recover();
    await alive.idle();
  };
  await rest();
  const waiting = await stored(store, id);
  if (waiting.state === 'unconfirmed') {
    if (keeps) await alive.keep(waiting);
    else alive.revert(waiting);
    await alive.idle();
    await rest();
  }
  return { change: await stored(store, id), node: place.read(), passed: death.passed() };
}

describe('a console that dies at a boundary of a repair', () => {
  it.each(CHECKS)('leaves %s done or not begun, at every boundary', { timeout: 120_000 }, async (check) => {
    const steps = stepsFor(check);
    expect(steps.length, 'a plan').toBeGreaterThan(0);
    // What no undo takes away, such as an account, is said in the plan.
    const stays = new Set(
      steps.flatMap(({ undoable, action }) => (undoable || action === null ? [] : [effectOf(action).place])),
    );
    for (const [isTimed, every] of [
      [true, 1],
      [false, 2],
    ] as const) {
      const whole = await repair(steps, 0, { isTimed, keeps: true });
      expect(whole.change.state).toBe('done');
      expect(whole.passed).toBeGreaterThan(2 * steps.length);
      for (let dieAt = 1; dieAt <= whole.passed; dieAt += every) {
        const { change, node } = await repair(steps, dieAt, { isTimed, keeps: dieAt % 2 === 0 });
        const how = `${check}, died at ${dieAt} of ${whole.passed}: ${change.state}, ${change.error}`;
        expect(['done', 'rolled-back', 'reverted'], how).toContain(change.state);
        if (change.state === 'done') expect(node.things, how).toEqual(whole.node.things);
        else
          expect(
            Object.keys(node.things).filter((place) => !stays.has(place)),
            how,
          ).toEqual([]);
      }
    }
  });
});
