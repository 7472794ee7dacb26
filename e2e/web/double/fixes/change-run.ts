import type { AppliedChange, Plan } from '#shared/domain/plan.ts';

/** How a change of the double ends, after its steps. */
export type Outcome = 'done' | 'not-verified' | 'stuck' | 'fails';

export interface RunHooks {
  /** The present instant of the scenario, which goes on. */
  now(): number;
  push(change: AppliedChange): void;
  /** It is in force, or was taken back: the world of the scenario changes. */
  settled(change: AppliedChange, plan: Plan): void;
  /** Milliseconds that a step takes. */
  stepMs: number;
  /** In this state nothing goes on but the countdown. */
  heldAt(): AppliedChange['state'] | undefined;
  outcome: Outcome;
}

/** How often it is looked whether it is still held. */
const HELD_MS = 50;

const iso = (at: number) => new Date(at).toISOString();

/** One change of the double going its way: step by step, the countdown, the look afterwards, or back again. */
export class ChangeRun {
  readonly #plan: Plan;
  readonly #hooks: RunHooks;
  #timer: ReturnType<typeof setTimeout> | undefined;
  change: AppliedChange;

  constructor(id: string, plan: Plan, hooks: RunHooks) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.change = {
      id,
      purpose: plan.purpose,
      node: plan.node,
      nodeName: plan.nodeName,
      checks: plan.checks,
      title: plan.title,
      state: 'applying',
      startedAt: iso(hooks.now()),
      endedAt: null,
      revertsAt: null,
      steps: plan.steps.map(({ title, preview }) => ({
        title,
        preview,
        state: 'waiting',
        at: null,
        message: null,
      })),
      results: [],
      error: null,
      of: plan.of,
      undoneBy: null,
      undo: { possible: false, reason: 'It is not over yet.' },
    };
    this.#next();
  }

  /** What could not be taken back counts as settled. */
  leave(): AppliedChange {
    const { left: _, ...change } = this.change;
    const steps = change.steps.map((step) =>
      step.state === 'done' ? { ...step, state: 'left-out' as const } : step,
    );
    this.change = { ...change, steps };
    this.#set({ state: 'rolled-back', undo: { possible: false, reason: 'You left it as it is.' } });
    return this.change;
  }

  keep(): AppliedChange {
    this.#set({ state: 'applying', revertsAt: null });
    this.#later(() => this.#step('when-kept'));
    return this.change;
  }

  back(ended: 'rolled-back' | 'reverted', error: string | null = null): AppliedChange {
    clearTimeout(this.#timer);
    this.#set({ state: 'rolling-back', revertsAt: null, error });
    this.#takeBack(ended);
    return this.change;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  patch(change: Partial<AppliedChange>): void {
    this.#set(change);
  }

  #set(change: Partial<AppliedChange>): void {
    this.change = { ...this.change, ...change };
    this.#hooks.push(this.change);
  }

  #later(work: () => void, ms = this.#hooks.stepMs): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#hooks.heldAt() === this.change.state) this.#later(work, HELD_MS);
      else work();
    }, ms);
  }

  #next(): void {
    this.#step('now');
  }

  #step(phase: 'now' | 'when-kept'): void {
    const index = this.change.steps.findIndex(
      (step, at) => step.state === 'waiting' && this.#plan.steps[at]?.phase === phase,
    );
    if (index < 0) {
      const { revertsAfter } = this.#plan;
      if (phase === 'now' && revertsAfter !== null) this.#wait(revertsAfter);
      else if (phase === 'now' && this.#plan.steps.some((step) => step.phase === 'when-kept'))
        this.#step('when-kept');
      else this.#verify();
      return;
    }
    this.#mark(index, 'running');
    this.#later(() => {
      if (this.#hooks.outcome === 'fails' && index === 1) {
        this.#mark(index, 'failed', 'nft: /etc/swarmkeep/outbound.nft:3:1: Error: No space left on device');
        this.back(
          'rolled-back',
          'The second step failed: there is no room left on the disk. What was done was taken back.',
        );
        return;
      }
      if (this.#hooks.outcome === 'stuck' && index === 1) {
        this.#mark(index, 'failed', 'Read-only file system');
        this.#end({
          state: 'stuck',
          error:
            'The disk became read-only after the first step. /etc/swarmkeep/outbound.nft is there, the rules are not loaded.',
          left: [
            {
              step: 0,
              title: this.#plan.steps[0]?.title ?? '',
              why: 'The file system is mounted read-only.',
              undo: 'The file goes away.',
              byHand: 'sudo rm -- /etc/swarmkeep/outbound.nft',
            },
          ],
        });
        return;
      }
      this.#mark(index, 'done');
      this.#step(phase);
    });
  }

  #mark(index: number, state: AppliedChange['steps'][number]['state'], message: string | null = null): void {
    this.#set({
      steps: this.change.steps.map((step, at) =>
        at === index
          ? { ...step, state, message, at: iso(this.#hooks.now()), ...this.#fetched(at, state) }
          : step,
      ),
    });
  }

  /** What the step of an upgrade tells when it is done: made-up files. */
  #fetched(index: number, state: AppliedChange['steps'][number]['state']) {
    const action = this.#plan.steps[index]?.action;
    if (state !== 'done' || action?.verb !== 'upgrade-packages') return {};
    return {
      wheels: action.packages.map(({ name, to }) => ({
        name,
        version: to,
        file: `${name.replaceAll('-', '_')}-${to}-py3-none-any.whl`,
        sha256: name.length.toString(16).padStart(64, 'c0de'),
      })),
    };
  }

  #wait(seconds: number): void {
    this.#set({ state: 'unconfirmed', revertsAt: iso(this.#hooks.now() + seconds * 1_000) });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.back('reverted'), seconds * 1_000);
  }

  #verify(): void {
    this.#set({ state: 'verifying' });
    this.#later(() => {
      const { checks, nodeName } = this.change;
      const fine = this.#hooks.outcome !== 'not-verified';
      this.#end({
        state: fine ? 'done' : 'not-verified',
        results: checks.map((check) => ({
          check,
          status: fine ? 'pass' : 'fix',
          words: fine
            ? `Seen on fresh facts of ${nodeName}.`
            : 'tcp to [2001:4860:4860::8888]:443 as uid 1001 still gets through: another table accepts it first.',
        })),
      });
    }, this.#hooks.stepMs * 3);
  }

  #end(change: Partial<AppliedChange>): void {
    const undoable = change.state === 'done' || change.state === 'not-verified' || change.state === 'stuck';
    this.#set({
      endedAt: iso(this.#hooks.now()),
      undo: undoable
        ? { possible: this.#plan.purpose === 'fix' || change.state === 'stuck', reason: '' }
        : { possible: false, reason: 'Nothing of it is in force.' },
      ...change,
    });
    this.#hooks.settled(this.change, this.#plan);
  }

  #takeBack(ended: 'rolled-back' | 'reverted'): void {
    const index = this.change.steps.findLastIndex(
      (step) => step.state === 'done' || step.state === 'running',
    );
    if (index < 0) {
      this.#end({ state: ended });
      return;
    }
    this.#later(() => {
      this.#mark(index, 'taken-back');
      this.#takeBack(ended);
    });
  }
}
