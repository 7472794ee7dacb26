import type { HelperChannel, HelperFailure } from '#core/hosts/helper-channel.ts';
import { Turnstile } from '#core/hosts/logins.ts';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { SecretAct } from '#shared/domain/helper/secret.ts';

import { type RotationParts, USUAL_LIMITS } from './parts.ts';

type SecretAnswer = Extract<
  HelperAnswer,
  { answer: 'secret-seen' | 'fenced' | 'secret-progress' | 'secret-verified' }
>;
type Refused = Extract<HelperAnswer, { answer: 'refused' }>;

interface AnswerOf {
  look: 'secret-seen';
  fence: 'fenced';
  lift: 'fenced';
  stage: 'secret-progress';
  arm: 'secret-progress';
  commit: 'secret-progress';
  state: 'secret-progress';
  verify: 'secret-verified';
  finish: 'secret-progress';
  drop: 'secret-progress';
}

/** An answer, a refusal of the helper, or no answer at all. */
export type Said<Act extends SecretAct['act']> =
  | { how: 'answered'; answer: Extract<SecretAnswer, { answer: AnswerOf[Act] }> }
  | { how: 'refused'; refused: Refused }
  | { how: 'lost'; failure: HelperFailure };

/** What each act is answered with. */
const ANSWERS: Readonly<{ [Act in keyof AnswerOf]: AnswerOf[Act] }> = {
  look: 'secret-seen',
  fence: 'fenced',
  lift: 'fenced',
  stage: 'secret-progress',
  arm: 'secret-progress',
  commit: 'secret-progress',
  state: 'secret-progress',
  verify: 'secret-verified',
  finish: 'secret-progress',
  drop: 'secret-progress',
};

/** A node that answers something else than it was asked. */
const WRONG_ANSWER: HelperFailure = {
  kind: 'bad-answer',
  message: 'The helper there gave an answer that cannot be read.',
  next: 'Replace it: "Allow changes on this node" installs it anew.',
  mayHaveBegun: true,
};

const TOO_SLOW: HelperFailure = {
  kind: 'timed-out',
  message: 'It did not answer in time.',
  next: 'Check that it is awake and not overloaded.',
  mayHaveBegun: true,
};

const AGAIN_MS = 400;

/** After these nothing is gained by asking again. */
const FINAL: ReadonlySet<HelperFailure['kind']> = new Set([
  'not-installed',
  'outdated',
  'no-access',
  'password-wrong',
  'password-needed',
  'dismissed',
  'cancelled',
]);

/** The connections of one rotation: one to each node, made when it is needed, at most 8 logins at once; commands on open ones have no limit. */
export class Connections {
  readonly #parts: RotationParts;
  readonly #run: string;
  readonly #ask: string | null;
  readonly #logins = new Turnstile();
  readonly #open = new Map<string, Promise<HelperChannel | HelperFailure>>();
  readonly #actMs: number;
  #closed = false;
  #hurried = false;

  /**
   * @param ask what a person is asked a password for; null: nobody is asked
   * @param actMs how long a node may take for one request, login included
   */
  constructor(
    parts: RotationParts,
    run: string,
    ask: string | null,
    actMs = parts.limits?.actMs ?? USUAL_LIMITS.actMs,
  ) {
    this.#parts = parts;
    this.#run = run;
    this.#ask = ask;
    this.#actMs = actMs;
  }

  /**
   * Asks, and again over a new connection while the node does not answer, until the time is over.
   * @param patienceMs how long a node that does not answer is tried
   * @param limitMs how long it may take for this request
   */
  async ask<What extends SecretAct>(
    node: string,
    what: What,
    patienceMs: number,
    limitMs = this.#actMs,
  ): Promise<Said<What['act']>> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const said = await this.#within<Said<What['act']>>(
        node,
        Math.min(limitMs, this.#actMs),
        this.#once(node, what),
        (failure) => ({ how: 'lost', failure }),
      );
      if (said.how !== 'lost') return said;
      const isOver = performance.now() + AGAIN_MS >= until;
      if (this.#closed || this.#hurried || FINAL.has(said.failure.kind) || isOver) return said;
      await new Promise<void>((resolve) => void this.#parts.clock.after(AGAIN_MS, resolve));
    }
  }

  /**
   * Asks for several acts in one run of the helper, in their order. Behind the first that is refused nothing is done, and all the others
   * answer that refusal; where the connection breaks off, all of them are lost. As {@link ask} otherwise.
   */
  async askAll<const Acts extends readonly SecretAct[]>(
    node: string,
    acts: Acts,
    patienceMs: number,
  ): Promise<{ [Index in keyof Acts]: Said<Acts[Index]['act']> }> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const said = await this.#within(node, this.#actMs, this.#all(node, acts), (failure) =>
        acts.map(() => ({ how: 'lost' as const, failure })),
      );
      const lost = said[0]?.how === 'lost' ? said[0].failure : null;
      const isOver = performance.now() + AGAIN_MS >= until;
      if (lost === null || this.#closed || this.#hurried || FINAL.has(lost.kind) || isOver)
        return said as { [Index in keyof Acts]: Said<Acts[Index]['act']> };
      await new Promise<void>((resolve) => void this.#parts.clock.after(AGAIN_MS, resolve));
    }
  }

  /** One that hangs is given up, with its connection: it holds back nothing but itself. */
  #within<T>(node: string, ms: number, work: Promise<T>, late: (failure: HelperFailure) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const off = this.#parts.clock.after(ms, () => {
        this.#forget(node);
        resolve(late(TOO_SLOW));
      });
      work.finally(off).then(resolve, reject);
    });
  }

  async #all(node: string, acts: readonly SecretAct[]): Promise<Said<SecretAct['act']>[]> {
    const lost = (failure: HelperFailure) => acts.map(() => ({ how: 'lost' as const, failure }));
    const channel = await this.#channel(node);
    if ('kind' in channel) return lost(channel);
    const reply = await channel.ask({ version: 1, ask: 'secrets', what: [...acts] });
    if (!reply.ok) {
      this.#forget(node);
      return lost(reply.failure);
    }
    const { answer } = reply;
    if (answer.answer === 'refused') return acts.map(() => ({ how: 'refused', refused: answer }));
    if (answer.answer !== 'secret-steps') throw new RangeError('The channel let another answer through');
    const refused = answer.answers.find((one) => one.answer === 'refused');
    return acts.map((act, index): Said<SecretAct['act']> => {
      const one = answer.answers[index];
      if (one !== undefined && one.answer === ANSWERS[act.act])
        return { how: 'answered', answer: one } as Said<SecretAct['act']>;
      if (refused !== undefined) return { how: 'refused', refused };
      return { how: 'lost', failure: WRONG_ANSWER };
    });
  }

  async #once<What extends SecretAct>(node: string, what: What): Promise<Said<What['act']>> {
    const channel = await this.#channel(node);
    if ('kind' in channel) return { how: 'lost', failure: channel };
    const reply = await channel.ask({ version: 1, ask: 'secret', what });
    if (reply.ok && reply.answer.answer === 'refused') return { how: 'refused', refused: reply.answer };
    if (reply.ok) return { how: 'answered', answer: reply.answer } as Said<What['act']>;
    this.#forget(node);
    return { how: 'lost', failure: reply.failure };
  }

  async #channel(node: string): Promise<HelperChannel | HelperFailure> {
    const known = this.#open.get(node);
    if (known !== undefined) return known;
    const opening = this.#logins.through(async () => {
      const opened = await this.#parts.channel(node, this.#run, this.#ask);
      if (!opened.ok) return opened.failure;
      // Who can become root there, tried once: this is the login.
      const { via, words, installed, outdated } = await opened.channel.access();
      if (via !== 'none' && !outdated) return opened.channel;
      // Without a helper to speak of, one request says why: not there, or not reached.
      const reply = await opened.channel.ask({ version: 1, ask: 'hello' });
      await opened.channel.close();
      const isThere = installed || /^Changes are not allowed on /.test(words);
      const kind = outdated ? 'outdated' : isThere ? 'no-access' : 'away';
      if (!reply.ok && isThere) return { ...reply.failure, message: words };
      return { kind, message: words, next: '', mayHaveBegun: false } satisfies HelperFailure;
    });
    this.#open.set(node, opening);
    const channel = await opening;
    if ('kind' in channel && this.#open.get(node) === opening) this.#open.delete(node);
    return channel;
  }

  /** Takes over what another one has open to nodes that let it in without a question, and closes the rest. */
  async adopt(other: Connections): Promise<void> {
    const all = [...other.#open];
    other.#open.clear();
    await Promise.all(
      all.map(async ([node, opening]) => {
        const channel = await opening;
        if ('kind' in channel) return;
        const { via } = await channel.access();
        if (this.#open.has(node) || this.#closed || (via !== 'root' && via !== 'sudo'))
          return channel.close();
        this.#open.set(node, Promise.resolve(channel));
      }),
    );
    await other.close();
  }

  /** From here on a node that does not answer is not asked again; what is being asked comes to its end. */
  hurry(): void {
    this.#hurried = true;
  }

  #forget(node: string): void {
    const open = this.#open.get(node);
    this.#open.delete(node);
    void open?.then((channel) => ('kind' in channel ? undefined : channel.close()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(
      all.map(async (one) => ((channel) => ('kind' in channel ? undefined : channel.close()))(await one)),
    );
  }
}
