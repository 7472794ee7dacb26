import { answerLimit, readAnswer } from '#core/hosts/helper-channel-answer.ts';
import { type HelperLine, helperLine } from '#core/hosts/helper-channel-line.ts';
import { BRAKE } from '#core/pause/brake-line.ts';
import type { HelperAnswer } from '#shared/domain/helper/answers.ts';
import type { IsolateAct } from '#shared/domain/helper/isolate.ts';
import { HELPER_PROTOCOL } from '#shared/domain/helper/targets.ts';
import type { SwarmNode } from '#shared/domain/node.ts';

export type IsolateAnswer = Extract<HelperAnswer, { answer: `isolation-${string}` }>;

/** What a node said: an answer, a refusal in its words, or nothing. */
export type LineReply =
  | { how: 'answered'; answer: IsolateAnswer }
  | { how: 'refused'; refusal: string; why: string }
  | { how: 'silent'; why: string };

/** The shortest way to the helper of a node; it stays open, so that an isolation needs no login. */
export interface IsolationLine {
  ask(act: IsolateAct, timeoutMs: number): Promise<LineReply>;
  close(): Promise<void>;
}

/**
 * As the brake: one constant line that is root already or becomes it without a question, and no search for ways.
 * @param fresh a connection of its own, shared with nothing: it proves that the way in stays open
 * @param words for tests: what stands in for the helper
 */
export function openIsolationLine(
  { address, name }: SwarmNode,
  dataFolder: string,
  fresh: boolean,
  words: readonly string[] = BRAKE,
): IsolationLine {
  if (address.kind === 'recorded') {
    const why = 'This is a recording of a machine: nothing runs there.';
    return { ask: async () => ({ how: 'silent', why }), close: async () => undefined };
  }
  const line: HelperLine = helperLine(address, dataFolder, name, fresh);
  return {
    async ask(what, timeoutMs) {
      const request = { version: HELPER_PROTOCOL, ask: 'isolate', what } as const;
      const input = `${JSON.stringify(request)}\n`;
      const end = await line.run({ words, input, timeoutMs, maxBytes: answerLimit(request) });
      if (!end.ok) return { how: 'silent', why: end.failure.message };
      if (end.printed.trim() === '') return { how: 'silent', why: whySilent(name, end.said) };
      const reply = readAnswer(request, end.printed, name);
      if (!reply.ok) return { how: 'silent', why: reply.failure.message };
      const { answer } = reply;
      if (answer.answer === 'refused')
        return { how: 'refused', refusal: answer.refusal, why: answer.message };
      return { how: 'answered', answer: answer as IsolateAnswer };
    },
    close: () => line.close(),
  };
}

function whySilent(name: string, said: string): string {
  if (/password is required|terminal is required|not allowed|may not run/i.test(said))
    return `sudo on ${name} asks for a password, and an isolation cannot wait for one. Allow changes there with the sudo rule.`;
  return `No helper of Swarmkeep answers on ${name}. Allow changes on this node first.`;
}
