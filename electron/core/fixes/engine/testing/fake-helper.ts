import type { HelperChannel, HelperReply } from '#core/hosts/helper-channel.ts';
import type { Difference, HelperAnswer, Refusal } from '#shared/domain/helper/answers.ts';
import type { HelperRequest } from '#shared/domain/helper/verbs.ts';
import { asExpected, effectOf, type FakeNode, type FakePlace, recordOf } from './fake-node.ts';

/** What goes wrong with a request, by what it asks: the connection breaks before or after it, or the step is refused. */
export type Trouble = (
  request: HelperRequest,
) => 'cut-before' | 'cut-after' | 'away' | 'dismissed' | Refusal | null;

/**
 * A fake of the helper that keeps to its words: a record before anything is touched, nothing done twice, an expectation
 * that does not hold refused, its own timer. For tests of what asks it.
 */
export class FakeHelper implements HelperChannel {
  readonly asked: HelperRequest['ask'][] = [];
  readonly #place: FakePlace;
  readonly #now: () => number;
  trouble: Trouble = () => null;
  /** Called between any two durable acts. */
  between: () => void = () => undefined;

  constructor(place: FakePlace, now: () => number = Date.now) {
    this.#place = place;
    this.#now = now;
  }

  access = async () => ({ via: 'root' as const, installed: true, outdated: false, words: 'It is a fake.' });
  close = async () => undefined;

  async ask(request: HelperRequest): Promise<HelperReply> {
    this.asked.push(request.ask);
    await null;
    const trouble = this.trouble(request);
    const failure = (kind: 'cut' | 'away' | 'dismissed') => ({
      ok: false as const,
      failure: { kind, message: `The connection is ${kind}.`, next: '', mayHaveBegun: kind === 'cut' },
    });
    if (trouble === 'away' || trouble === 'dismissed') return failure(trouble);
    if (trouble === 'cut-before') return failure('cut');
    this.tick();
    if (trouble !== null && trouble !== 'cut-after') {
      return { ok: true, answer: refused(trouble, `It was told to refuse: ${trouble}.`) };
    }
    const answer = this.#answer(request);
    return trouble === 'cut-after' ? failure('cut') : { ok: true, answer };
  }

  /** What the timer of the node does when its time has come, whether anybody asks or not. */
  tick(): void {
    const node = this.#place.read();
    for (const [id, change] of Object.entries(node.changes)) {
      const due = change.armedUntil !== null && Date.parse(change.armedUntil) <= this.#now();
      if (due && !change.confirmed && !change.reverted) this.#revert(node, id);
    }
  }

  #answer(request: HelperRequest): HelperAnswer {
    const node = this.#place.read();
    switch (request.ask) {
      case 'hello': {
        const none = '0'.repeat(64);
        return {
          answer: 'hello',
          protocol: 1,
          version: 'fake',
          bundle: none,
          runtime: none,
          uid: 0,
          systemd: false,
        };
      }
      case 'inspect':
        return {
          answer: 'inspected',
          states: request.paths.map(({ path }) => ({ path, kind: 'absent' as const })),
        };
      case 'do':
        return this.#do(node, request);
      case 'undo':
        return this.#undo(node, request);
      case 'compare':
        return { answer: 'compared', more: 0, steps: request.steps.map((named) => compared(node, named)) };
      case 'arm': {
        const change = changeIn(node, request.change);
        if (change.confirmed || change.reverted)
          return refused('too-late', 'It was confirmed or taken back.');
        change.armedUntil = new Date(this.#now() + request.seconds * 1_000).toISOString();
        this.#keep(node);
        return { answer: 'armed', revertsAt: change.armedUntil };
      }
      case 'confirm': {
        const change = node.changes[request.change];
        if (!change || change.armedUntil === null) return refused('unknown-change', 'No timer was set.');
        if (change.reverted) return refused('too-late', 'The time was up.');
        change.confirmed = true;
        this.#keep(node);
        return { answer: 'confirmed' };
      }
      case 'revert':
        if (!node.changes[request.change]) return refused('unknown-change', 'There is nothing.');
        return this.#revert(node, request.change);
      case 'changes':
        return listed(node);
      case 'forget':
        delete node.changes[request.change];
        this.#keep(node);
        return { answer: 'forgotten' };
      case 'probe':
        return { answer: 'probed', outcome: 'stopped', detail: '' };
      case 'uninstall':
        return { answer: 'uninstalled', left: [] };
      case 'secret':
      case 'secrets':
      case 'pause':
      case 'isolate':
        throw new Error('Changes of a node ask for no secret and no pause');
    }
  }

  #do(
    node: FakeNode,
    { change: id, step: number, action }: Extract<HelperRequest, { ask: 'do' }>,
  ): HelperAnswer {
    const change = changeIn(node, id);
    if (change.reverted) return refused('too-late', 'The change was taken back.');
    const { place, after } = effectOf(action);
    const present = node.things[place] ?? null;
    const known = change.steps[number];
    if (known === undefined || known.state === 'undone') {
      if (!asExpected(action, present)) return refused('changed-since', `${place} is not what the plan saw.`);
      change.steps[number] = {
        verb: action.verb,
        place,
        before: present,
        left: after ?? '',
        gone: after === null,
        state: 'begun',
      };
      this.#keep(node);
    }
    const step = change.steps[number];
    if (step === undefined) throw new Error('no step');
    const already = step.state === 'done';
    if (!already) {
      if (after === null) delete node.things[place];
      else node.things[place] = after;
      this.#keep(node);
      step.state = 'done';
      this.#keep(node);
    }
    return { answer: 'done', record: recordOf(id, number, step), already, notUndone: null, output: '' };
  }

  #undo(node: FakeNode, request: Extract<HelperRequest, { ask: 'undo' }>): HelperAnswer {
    const step = node.changes[request.change]?.steps[request.step];
    if (step === undefined) return refused('unknown-change', 'There is no undo record.');
    if (recordOf(request.change, request.step, step) !== request.record) {
      return refused('record-damaged', 'The undo record is not the one that was written.');
    }
    if (step.state === 'undone') {
      return { answer: 'undone', already: true, output: '' };
    }
    const differences = differencesOf(node, step);
    if (differences.length > 0)
      return refused('changed-since', 'It was changed by somebody else.', differences);
    this.#takeBack(node, step);
    return { answer: 'undone', already: false, output: '' };
  }

  #revert(node: FakeNode, id: string): HelperAnswer {
    const change = changeIn(node, id);
    if (change.confirmed) return refused('too-late', 'The change was confirmed.');
    const left: Difference[] = [];
    const numbers = Object.keys(change.steps).map(Number);
    for (const number of numbers.sort((a, b) => b - a)) {
      const step = change.steps[number];
      if (step === undefined || step.state === 'undone') continue;
      const differences = differencesOf(node, step);
      left.push(...differences);
      if (differences.length === 0) this.#takeBack(node, step);
    }
    change.reverted = true;
    this.#keep(node);
    return { answer: 'reverted', steps: numbers.length, left };
  }

  #takeBack(node: FakeNode, step: FakeNode['changes'][string]['steps'][number]): void {
    step.undoing = true;
    this.#keep(node);
    if (step.before === null) delete node.things[step.place];
    else node.things[step.place] = step.before;
    this.#keep(node);
    step.state = 'undone';
    this.#keep(node);
  }

  #keep(node: FakeNode): void {
    this.between();
    this.#place.write(node);
    this.between();
  }
}

function changeIn(node: FakeNode, id: string): FakeNode['changes'][string] {
  node.changes[id] ??= {
    at: '2026-11-21T19:20:00.000Z',
    armedUntil: null,
    confirmed: false,
    reverted: false,
    steps: {},
  };
  return node.changes[id];
}

/** What keeps a step from being taken back, as `compare` says it. */
function compared(node: FakeNode, named: { change: string; step: number; record: string }) {
  const step = node.changes[named.change]?.steps[named.step];
  if (step === undefined) return { differences: [], refused: 'There is no undo record.' };
  if (recordOf(named.change, named.step, step) !== named.record)
    return { differences: [], refused: 'The undo record is not the one that was written.' };
  return { differences: step.state === 'undone' ? [] : differencesOf(node, step), refused: null };
}

/** A step that was cut off may have been done or not; either is as it was left. */
function differencesOf(node: FakeNode, step: FakeNode['changes'][string]['steps'][number]): Difference[] {
  const now = node.things[step.place] ?? null;
  const left = step.gone ? null : step.left;
  if (now === left || ((step.state === 'begun' || step.undoing) && now === step.before)) return [];
  return [{ path: step.place, what: 'contents', left: left ?? 'nothing', now: now ?? 'nothing' }];
}

function listed(node: FakeNode): HelperAnswer {
  return {
    answer: 'changes',
    changes: Object.entries(node.changes).map(([id, change]) => ({
      change: id,
      at: change.at,
      armedUntil: change.confirmed || change.reverted ? null : change.armedUntil,
      reverted: change.reverted,
      steps: Object.entries(change.steps).map(([number, step]) => ({
        step: Number(number),
        verb: step.verb,
        path: step.place,
        state: step.state,
        record: recordOf(id, Number(number), step),
      })),
    })),
  };
}

function refused(refusal: Refusal, message: string, differences: Difference[] = []): HelperAnswer {
  return { answer: 'refused', refusal, message, differences, rolledBack: false };
}
