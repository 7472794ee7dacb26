import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { IsolateAnswer, IsolationLine, LineReply } from './isolation-line.ts';
import type { IsolationParts } from './parts.ts';

/** An answer of one kind, a refusal, or silence. */
export type Said<Name extends IsolateAnswer['answer']> =
  | { how: 'answered'; answer: Extract<IsolateAnswer, { answer: Name }> }
  | Exclude<LineReply, { how: 'answered' }>;

/** The open lines to all nodes, one each. */
export class IsolationLines {
  readonly #parts: Pick<IsolationParts, 'open'>;
  readonly #lines = new Map<string, { key: string; line: IsolationLine }>();

  constructor(parts: Pick<IsolationParts, 'open'>) {
    this.#parts = parts;
  }

  /** Asks over the line that is open. An answer to something else counts as silence: that node lies or is broken. */
  async ask<Name extends IsolateAnswer['answer']>(
    node: SwarmNode,
    act: IsolateAct,
    wanted: Name,
    timeoutMs: number,
  ): Promise<Said<Name>> {
    return heard(await this.#line(node).ask(act, timeoutMs).catch(failed), wanted, act);
  }

  /** Asks once over a connection that is shared with nothing. */
  async askFresh<Name extends IsolateAnswer['answer']>(
    node: SwarmNode,
    act: IsolateAct,
    wanted: Name,
    timeoutMs: number,
  ): Promise<Said<Name>> {
    const line = this.#parts.open(node, true);
    try {
      return heard(await line.ask(act, timeoutMs).catch(failed), wanted, act);
    } finally {
      await line.close().catch(() => undefined);
    }
  }

  /** Closes one line: what it was multiplexed over may hang. The next question opens a new one. */
  forget(node: string): void {
    const known = this.#lines.get(node);
    this.#lines.delete(node);
    void known?.line.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    const all = [...this.#lines.values()];
    this.#lines.clear();
    await Promise.all(all.map(({ line }) => line.close().catch(() => undefined)));
  }

  #line(node: SwarmNode): IsolationLine {
    const key = JSON.stringify(node.address);
    const known = this.#lines.get(node.id);
    if (known?.key === key) return known.line;
    this.forget(node.id);
    const line = this.#parts.open(node, false);
    this.#lines.set(node.id, { key, line });
    return line;
  }
}

const failed = (thrown: unknown): LineReply => ({
  how: 'silent',
  why: thrown instanceof Error ? thrown.message : 'It could not be reached.',
});

/** An answer has to be of the kind that was asked for, and about the isolation that was asked about. */
function heard<Name extends IsolateAnswer['answer']>(
  reply: LineReply,
  wanted: Name,
  act: IsolateAct,
): Said<Name> {
  if (reply.how !== 'answered') return reply;
  const { answer } = reply;
  const lies: LineReply = { how: 'silent', why: 'It gave an answer to something else than it was asked.' };
  if (answer.answer !== wanted) return lies;
  const about =
    answer.answer === 'isolation-fence'
      ? answer.fence?.isolation
      : answer.answer === 'isolation-own' ||
          answer.answer === 'isolation-cut' ||
          answer.answer === 'isolation-proved'
        ? answer.own?.isolation
        : undefined;
  if (about !== undefined && 'isolation' in act && about !== act.isolation) return lies;
  return { how: 'answered', answer: answer as Extract<IsolateAnswer, { answer: Name }> };
}
