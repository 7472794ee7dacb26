import type { Clock } from '#core/console/clock.ts';
import { planHash, type UnhashedPlan } from '#core/fixes/plan-registry.ts';
import { examplePlan, exampleStep } from '#core/fixes/plans/testing/example-plan.ts';
import type { Agreement } from '#core/ledger/agreed-plan.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import type { Store } from '#core/store/store.ts';
import type { HelperAction } from '#shared/domain/helper/verbs.ts';
import type { Plan, PlanStep } from '#shared/domain/plan.ts';
import { ChangeEngine } from '../engine.ts';
import type { FaultPoint } from '../parts.ts';
import type { FakeHelper } from './fake-helper.ts';
import { asExpected, effectOf, hashOf } from './fake-node.ts';

/** A clock whose short waits are over at once and whose long ones are over when time is told to pass. */
export class QuickClock implements Clock {
  #wall = Date.parse('2026-11-21T19:20:00.000Z');
  readonly #long = new Set<{ at: number; callback: () => void }>();

  now(): Date {
    return new Date(this.#wall);
  }

  after(ms: number, callback: () => void): () => void {
    if (ms <= 10_000) {
      const timer = setTimeout(callback, 0);
      return () => clearTimeout(timer);
    }
    const entry = { at: this.#wall + ms, callback };
    this.#long.add(entry);
    return () => this.#long.delete(entry);
  }

  /** Timers of a console that was killed do not fire. */
  forgetTimers(): void {
    this.#long.clear();
  }

  pass(ms: number): void {
    this.#wall += ms;
    for (const entry of [...this.#long].filter((one) => one.at <= this.#wall)) {
      this.#long.delete(entry);
      entry.callback();
    }
  }
}

/** @returns an engine whose only node is a fake one, and what it told */
export function engineOn(
  store: Store,
  helper: FakeHelper,
  clock: Clock,
  more: { fault?: FaultPoint; holds?: boolean; agreed?: Agreement } = {},
) {
  const told: string[] = [];
  const opened: { fresh: boolean; ask: boolean }[] = [];
  const engine = new ChangeEngine({
    store,
    clock,
    async open(_change, how) {
      opened.push(how);
      const reply = await helper.ask({ version: 1, ask: 'hello' });
      return reply.ok ? { ok: true, channel: helper } : { ok: false, failure: reply.failure };
    },
    verify: async () => ({ holds: more.holds ?? true, results: [], note: '' }),
    own: async () => ({ ok: true, words: '' }),
    agreed: async () => more.agreed ?? 'agreed',
    changed: () => undefined,
    told: (change, event) => told.push(`${event} ${change.state}`),
    ...(more.fault === undefined ? {} : { fault: more.fault }),
  });
  return { engine, told, opened };
}

/** @returns a step that writes a text where another one is now, or removes it */
export function fileStep(
  path: string,
  before: string | null,
  after: string | null,
  phase: PlanStep['phase'] = 'now',
): PlanStep {
  const own = { uid: 0, gid: 0, mode: 0o644 };
  const expect =
    before === null
      ? ({ kind: 'absent' } as const)
      : ({ kind: 'file', sha256: hashOf(before), ...own } as const);
  const action: HelperAction =
    after === null
      ? { verb: 'remove-file', path, expect }
      : { verb: 'write-file', path, contents: Buffer.from(after).toString('base64'), ...own, expect };
  return exampleStep(path, { title: `Write ${path}`, action, phase });
}

/** @returns a plan with its hash, as a registry would hand it out */
export function hashed(plan: Partial<UnhashedPlan>): Plan {
  const whole = examplePlan(plan);
  return { ...whole, hash: planHash(whole) };
}

/** @returns what a fake node looks like after steps, for comparison */
export function afterSteps(
  things: Record<string, string>,
  steps: readonly PlanStep[],
): Record<string, string> {
  const all = { ...things };
  for (const { action } of steps) {
    if (action === null) continue;
    const { place, after } = effectOf(action);
    if (!asExpected(action, all[place] ?? null))
      throw new Error(`The plan of the test does not fit at ${place}`);
    if (after === null) delete all[place];
    else all[place] = after;
  }
  return all;
}

/** @returns the change as it is in the store */
export async function stored(store: Store, id: string): Promise<StoredChange> {
  const found = await store.change({ id });
  if (found === null) throw new Error(`There is no change ${id}`);
  return found;
}
