import { ConsoleError } from '#core/console/service.ts';
import type { HelperChannel } from '#core/hosts/helper-channel.ts';
import type { StoredChange } from '#core/store/operations/changes.ts';
import { secondsBeforeSteps } from '#shared/domain/arm-seconds.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { ALTERED, agreementOf, doesMore, UNPROVEN } from './agreement.ts';
import { askHelper, refusalWords } from './ask.ts';
import { doAgain } from './do-again.ts';
import { doSteps, type StepsEnd } from './do-steps.ts';
import { AT_REST, Journal } from './journal.ts';
import { leaveAsItIs, writeLeftover, writeTakenBack } from './leftover.ts';
import type { EngineParts } from './parts.ts';
import { type Decision, decide } from './recover.ts';
import { failed, notAllowed, sentence } from './refusals.ts';
import { takeBack } from './take-back.ts';
import { UnderWay } from './under-way.ts';
import { forgetRecords, markUndone, TAKES_BACK } from './undone.ts';
import { neverBegun, nothingDone, untouched } from './untouched.ts';
import { waitingError, withoutWaiting } from './waiting-words.ts';

/** The node does not answer: when it is asked again, in milliseconds. */
const AGAIN_AFTER_MS = 15_000;
/** How long after its time a timer of the node may fire, with what the clocks of both differ. */
const AFTER_TIMER_MS = 2_500;

/** Does changes, one at a time per node, and brings every one of them to rest. */
export class ChangeEngine {
  readonly #parts: EngineParts;
  readonly #running = new UnderWay();
  readonly #timers = new Map<string, () => void>();
  #closing = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /**
   * Begins a change that was consented to; it runs on by itself.
   * @returns its id
   * @throws ConsoleError NOT_ALLOWED when another one is under way on the node
   */
  async apply(plan: Plan): Promise<string> {
    if (this.#closing) throw notAllowed('The console is being closed.');
    if (plan.blocked !== null) throw notAllowed(plan.blocked, 'The steps of the plan can be done by hand.');
    const { store, clock } = this.#parts;
    const begun = await store.beginChange({ plan, at: clock.now().toISOString() });
    if (begun === 'busy') {
      throw notAllowed(
        `Another change of ${plan.nodeName} is under way.`,
        'Wait for its end, or keep or revert it.',
      );
    }
    const change = begun === 'begun' ? await store.change({ id: plan.id }) : null;
    if (change === null) throw notAllowed('This plan was done already.', 'Make a new one.');
    this.#parts.changed(change);
    this.#parts.told(change, 'ordered');
    this.#start(change, (journal) => this.#forward(journal));
    return plan.id;
  }

  /** @throws ConsoleError NOT_ALLOWED when it is too late, or when the node does not answer over a fresh connection */
  async keep(change: StoredChange): Promise<void> {
    if (change.state !== 'unconfirmed' || this.#running.isWorkedOn(change.id)) {
      throw notAllowed('There is nothing to keep.', 'Look at where the change is now.');
    }
    const agreement = await agreementOf(this.#parts, change);
    if (agreement !== 'agreed') throw notAllowed(agreement === 'unknown' ? UNPROVEN : ALTERED);
    const opened = await this.#parts.open(change, { fresh: true, ask: true });
    if (!opened.ok) throw failed(opened.failure, 'It takes itself back unless it is kept in time.');
    const { channel } = opened;
    const asked = await askHelper(
      channel,
      this.#parts.clock,
      { version: HELPER_PROTOCOL, ask: 'confirm', change: change.id },
      'confirmed',
    ).finally(() => channel.close());
    if (asked.how === 'lost') throw failed(asked.failure, 'It takes itself back unless it is kept in time.');
    if (asked.how === 'refused') {
      this.#start(change, (journal) => this.#settle(journal));
      throw notAllowed(asked.refused.message, 'Order the change again, with more time.');
    }
    await this.#parts.fault?.('after-confirm');
    this.#forgetTimer(change.id);
    this.#start(change, async (journal) => {
      await journal.to({ kept: true, state: 'applying', revertsAt: null });
      await this.#forward(journal);
    });
  }

  /** Takes an unkept change back at once. @throws ConsoleError NOT_ALLOWED when it is not waiting for that */
  revert(change: StoredChange): void {
    if (change.state !== 'unconfirmed') throw notAllowed('There is nothing to revert.', 'Undo it instead.');
    this.#forgetTimer(change.id);
    this.#start(change, (journal) => this.#back(journal, 'It was reverted by hand.', 'reverted', true));
  }

  /**
   * Stops between two steps and takes back what was done; where that waits for the node or for a password, it is tried now.
   * @throws ConsoleError NOT_ALLOWED when it is past that
   */
  cancel(change: StoredChange): void {
    if (change.state === 'unconfirmed') {
      this.revert(change);
      return;
    }
    if (!this.#running.has(change.id) && change.endedAt === null) {
      // It was left in the middle, and may wait for a password that only a person has.
      this.#start(change, (journal) => this.#settle(journal, true));
      return;
    }
    // It is being done already.
    if (change.state === 'rolling-back') return;
    const isUnderWay = change.state === 'applying' || change.state === 'waiting';
    if (!isUnderWay || !this.#running.cancel(change.id)) {
      throw notAllowed('It cannot be stopped any more.', 'Undo it when it has ended.');
    }
  }

  /**
   * Counts as settled what of a change could not be taken back. Nothing on the node is touched; its undo records stay there
   * until the helper goes, for whoever takes something back by hand.
   * @param undoRefused the node refused to take it back, or compared and found it changed
   * @throws ConsoleError NOT_ALLOWED when it could be taken back, when nothing of it is left, or when something is under way on the node
   */
  async leave(change: StoredChange, undoRefused: boolean): Promise<void> {
    if (this.#running.has(change.id)) throw notAllowed('This change is being worked on.', 'Wait a moment.');
    await leaveAsItIs(this.#parts, change, undoRefused);
  }

  /** Brings every change to rest that was left in the middle, at the start or when a node is back. */
  async recover(ask = false): Promise<void> {
    for (const change of await this.#parts.store.openChanges()) {
      if (!this.#running.has(change.id)) this.#start(change, (journal) => this.#settle(journal, ask));
    }
  }

  /** Settles when nothing is done any more. A change that waits to be kept is left to its timer. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  /** Stops between two steps, takes those changes back, and waits for that. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#running.cancelAll();
    await this.idle();
    for (const id of [...this.#timers.keys()]) this.#forgetTimer(id);
  }

  #start(change: StoredChange, task: (journal: Journal) => Promise<void>): void {
    if (this.#running.isWorkedOn(change.id))
      throw notAllowed('This change is being worked on.', 'Wait a moment.');
    const journal = new Journal(this.#parts, change);
    this.#running.begin(
      change.id,
      () => task(journal).catch((error: unknown) => this.#broken(journal, error)),
      () => {
        if (!AT_REST.has(journal.change.state) && !this.#closing) this.#watch(journal.change);
      },
    );
  }

  #rest(journal: Journal, revertsAt: string): Promise<void> {
    return this.#running.rest(journal.change.id, () =>
      journal.to({ state: 'unconfirmed', revertsAt, error: null }),
    );
  }

  /** From wherever it is to its end. */
  async #forward(journal: Journal): Promise<void> {
    const { change } = journal;
    const opened = await this.#parts.open(change, { fresh: false, ask: true });
    if (!opened.ok) {
      if (nothingDone(journal)) return untouched(journal, opened.failure);
      return journal.to({ error: waitingError(journal.change, opened.failure, this.#parts) });
    }
    try {
      await this.#apply(journal, opened.channel);
    } finally {
      await opened.channel.close();
    }
  }

  async #apply(journal: Journal, channel: HelperChannel): Promise<void> {
    const { plan, kept } = journal.change;
    const { clock } = this.#parts;
    const isNew = nothingDone(journal);
    await this.#parts.fault?.('before-applying');
    await journal.to({ state: 'applying', error: null });
    const timed = plan.revertsAfter !== null && !kept;
    if (timed && !(await this.#arm(journal, channel, plan.revertsAfter ?? 60, true, isNew))) return;
    const end = await doSteps(this.#parts, journal, channel, timed ? ['now'] : ['now', 'when-kept'], () =>
      this.#running.isCancelled(journal.change.id),
    );
    if (isNew && !timed && end.how === 'lost' && neverBegun(journal, end.step, end.failure))
      return untouched(journal, end.failure, end.step);
    if (end.how !== 'done') return this.#stopped(journal, channel, end);
    if (timed) {
      const seconds = plan.revertsAfter ?? 60;
      const from = clock.now().getTime();
      if (!(await this.#arm(journal, channel, seconds, false, false))) return;
      await this.#parts.fault?.('before-unconfirmed');
      const revertsAt = new Date(from + seconds * 1_000).toISOString();
      return this.#rest(journal, revertsAt);
    }
    await this.#verify(journal, channel);
  }

  /** @returns false when the timer could not be armed; then the change was brought to rest */
  async #arm(
    journal: Journal,
    channel: HelperChannel,
    seconds: number,
    first: boolean,
    isNew: boolean,
  ): Promise<boolean> {
    await this.#parts.fault?.(first ? 'before-arm' : 'before-arm-again');
    const asked = await askHelper(
      channel,
      this.#parts.clock,
      {
        version: HELPER_PROTOCOL,
        ask: 'arm',
        change: journal.change.id,
        seconds: first ? secondsBeforeSteps(journal.change.plan, seconds) : seconds,
      },
      'armed',
    );
    await this.#parts.fault?.(first ? 'after-arm' : 'after-arm-again');
    if (asked.how === 'answered') return true;
    if (isNew && asked.how === 'lost' && !asked.failure.mayHaveBegun)
      return untouched(journal, asked.failure).then(() => false);
    const why = asked.how === 'lost' ? sentence(asked.failure) : refusalWords(asked.refused);
    await this.#backOver(
      journal,
      channel,
      `The timer that takes it back could not be set: ${why}`,
      'rolled-back',
    );
    return false;
  }

  async #stopped(
    journal: Journal,
    channel: HelperChannel,
    end: Exclude<StepsEnd, { how: 'done' }>,
  ): Promise<void> {
    const { plan } = journal.change;
    const title = plan.steps[end.step]?.title ?? `Step ${end.step + 1}`;
    const where = `step ${end.step + 1} of ${plan.steps.length} ("${title}")`;
    const words =
      end.how === 'cancelled'
        ? `It was stopped before ${where}.`
        : end.how === 'failed'
          ? `It failed at ${where}: ${end.message}`
          : `The node was lost at ${where}: ${sentence(end.failure)}`;
    await this.#backOver(journal, channel, words, 'rolled-back');
  }

  async #back(journal: Journal, why: string, to: 'rolled-back' | 'reverted', ask: boolean): Promise<void> {
    const opened = await this.#parts.open(journal.change, { fresh: false, ask });
    if (!opened.ok) {
      const change = { ...journal.change, state: 'rolling-back' as const };
      const error = waitingError(change, opened.failure, this.#parts, why);
      return journal.to({ state: change.state, error });
    }
    try {
      await this.#backOver(journal, opened.channel, why, to);
    } finally {
      await opened.channel.close();
    }
  }

  /** Takes back what was done and says why; when the node does not answer, that waits until it does. */
  async #backOver(
    journal: Journal,
    channel: HelperChannel,
    why: string,
    to: 'rolled-back' | 'reverted',
  ): Promise<void> {
    await journal.to({ state: 'rolling-back', error: why.slice(0, 2_000) });
    const { plan } = journal.change;
    if (plan.purpose === 'allow-changes') {
      // No undo record speaks of it; the step that failed has said what it took away.
      return journal.to({ state: to });
    }
    const taken = TAKES_BACK.has(plan.purpose)
      ? await doAgain(this.#parts, journal, channel)
      : await takeBack(this.#parts, journal, channel);
    await this.#parts.fault?.('before-rest');
    if (taken.how === 'lost')
      return journal.to({ error: waitingError(journal.change, taken.failure, this.#parts, why) });
    if (taken.how === 'stuck')
      return journal.to({ state: 'stuck', error: `${why} ${taken.message}`.slice(0, 2_000) });
    await journal.to({
      state: to,
      error: `${why} ${taken.note || 'Everything is as it was before.'}`.slice(0, 2_000),
    });
    // What was done again is held under this change on the node.
    if (!TAKES_BACK.has(plan.purpose)) await forgetRecords(channel, journal.change.id);
  }

  async #verify(journal: Journal, channel: HelperChannel): Promise<void> {
    const { purpose } = journal.change.plan;
    await this.#parts.fault?.('before-verifying');
    await journal.to({ state: 'verifying', revertsAt: null });
    const verdict = await this.#parts.verify(journal.change, channel, () => this.#closing);
    await this.#parts.fault?.('before-done');
    const state = verdict.holds ? 'done' : 'not-verified';
    await journal.to({ state, results: verdict.results, error: verdict.note === '' ? null : verdict.note });
    if (purpose === 'undo' || purpose === 'remove') await markUndone(this.#parts, journal.change, channel);
  }

  /** Finds out from the node where a change stands, and brings it to rest or says why that has to wait. */
  async #settle(journal: Journal, ask = false): Promise<void> {
    const { change } = journal;
    if (change.state === 'waiting') {
      return journal.to({
        state: 'rolled-back',
        error: 'Swarmkeep ended before it began. Nothing was changed.',
      });
    }
    const agreement = await agreementOf(this.#parts, change);
    if (agreement === 'not-agreed') return journal.to({ state: 'stuck', error: ALTERED });
    // Who follows it takes what waited before for the answer otherwise.
    if (ask) await journal.to({ error: withoutWaiting(change.error) || null });
    const opened = await this.#parts.open(change, { fresh: false, ask });
    if (!opened.ok) {
      const error = waitingError(journal.change, opened.failure, this.#parts);
      return error === journal.change.error ? undefined : journal.to({ error });
    }
    const { channel } = opened;
    try {
      const decision = await decide(this.#parts, change, channel);
      await this.#parts.fault?.('decided');
      if (agreement === 'unknown' && doesMore(change, decision)) return journal.to({ error: UNPROVEN });
      await this.#follow(journal, channel, decision);
    } finally {
      await channel.close();
    }
  }

  async #follow(journal: Journal, channel: HelperChannel, decision: Decision): Promise<void> {
    switch (decision.go) {
      case 'wait':
        return decision.words === journal.change.error ? undefined : journal.to({ error: decision.words });
      case 'on':
        await journal.to({ kept: true });
        return this.#apply(journal, channel);
      case 'verify':
        return this.#verify(journal, channel);
      case 'unconfirmed':
        return this.#rest(journal, decision.revertsAt);
      case 'take-back':
        return this.#backOver(journal, channel, decision.words, 'rolled-back');
      case 'rest':
        if (decision.state === 'stuck') await writeLeftover(journal, channel, decision.there, new Map());
        else await writeTakenBack(journal, decision.stays);
        await journal.to({ state: decision.state, error: decision.words.slice(0, 2_000) });
        if (decision.state !== 'stuck') await forgetRecords(channel, journal.change.id);
    }
  }

  /** The journal cannot be written, or a fault of ours: what is on the node is taken back as well as it can be. */
  async #broken(journal: Journal, error: unknown): Promise<void> {
    journal.goOnWithout();
    const { state } = journal.change;
    const said = error instanceof ConsoleError ? error.message : 'A fault of Swarmkeep itself.';
    if (state === 'unconfirmed' || AT_REST.has(state)) return;
    await this.#back(journal, said, 'rolled-back', false).catch(() => undefined);
  }

  /** Asks again later: when the timer of the node has fired, or when a node that was away may be back. */
  #watch(change: StoredChange): void {
    const { clock } = this.#parts;
    const due =
      change.state === 'unconfirmed' && change.revertsAt !== null ? Date.parse(change.revertsAt) : null;
    const wait = due === null ? AGAIN_AFTER_MS : Math.max(due - clock.now().getTime(), 0) + AFTER_TIMER_MS;
    this.#forgetTimer(change.id);
    const off = clock.after(wait, () => {
      this.#timers.delete(change.id);
      void this.#again(change.id);
    });
    this.#timers.set(change.id, off);
  }

  async #again(id: string): Promise<void> {
    const change = await this.#parts.store.change({ id }).catch(() => null);
    // Somebody may have begun with it while the store was asked.
    if (change === null || change.endedAt !== null || this.#closing || this.#running.has(id)) return;
    this.#start(change, (journal) => this.#settle(journal));
  }

  #forgetTimer(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }
}
