import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { CommandTerminal, QuestionDesk } from '#core/console/question-desk.ts';

/** Names the terminal of a command with each of its calls; 128 random bits, so that no other program can speak for it. */
export const TERMINAL_HEADER = 'x-swarmkeep-terminal';

const terminalName = z.string().regex(/^[0-9a-f]{32}$/);
const words = z.string().max(2_048);

/** How a command offers its terminal. */
export const terminalOffer = z.strictObject({
  terminal: terminalName,
  consent: z.boolean(),
  password: z.boolean(),
});

/** What the console sends to a command, one JSON text on a line each. */
export const toCommand = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('attached') }),
  z.object({ kind: z.literal('tell'), words }),
  z.object({
    kind: z.enum(['consent', 'password']),
    id: z.int().min(1),
    title: words,
    lines: z.array(words).max(64),
  }),
  z.object({ kind: z.literal('taken-back'), id: z.int().min(1) }),
]);
export type ToCommand = z.infer<typeof toCommand>;

/** What a person answered there: null is no. A password is in no error, no log and no answer of the console. */
export const terminalAnswer = z.strictObject({
  terminal: terminalName,
  id: z.int().min(1),
  given: z.union([z.boolean(), z.string().max(1_024), z.null()]),
});

/** @returns the name that a request gives; undefined when it is none */
export function terminalOf(incoming: IncomingMessage): string | undefined {
  const parsed = terminalName.safeParse(incoming.headers[TERMINAL_HEADER]);
  return parsed.success ? parsed.data : undefined;
}

/**
 * The terminals of commands that reached this console over its 0600 socket: questions go out on a response that stays open, answers come
 * back as requests. A command that ends takes its open questions with it, as refused.
 */
export class CommandTerminals {
  readonly #desk: QuestionDesk;
  readonly #waiting = new Map<string, Map<number, (given: boolean | string | null) => void>>();

  constructor(desk: QuestionDesk) {
    this.#desk = desk;
  }

  /** Keeps the response open until the command goes. @returns false when the request is not as agreed */
  attach(body: unknown, outgoing: ServerResponse): boolean {
    const offer = terminalOffer.safeParse(body);
    if (!offer.success || this.#waiting.has(offer.data.terminal)) return false;
    const { terminal, consent, password } = offer.data;
    const waiting = new Map<number, (given: boolean | string | null) => void>();
    this.#waiting.set(terminal, waiting);
    const send = (message: ToCommand) => void outgoing.write(`${JSON.stringify(message)}\n`);
    let serial = 0;
    const ask = (
      kind: 'consent' | 'password',
      { title, lines }: { title: string; lines: readonly string[] },
      signal: AbortSignal | undefined,
    ) => {
      serial += 1;
      const id = serial;
      return new Promise<boolean | string | null>((resolve) => {
        const end = (given: boolean | string | null) => {
          if (waiting.delete(id)) resolve(given);
        };
        waiting.set(id, end);
        signal?.addEventListener('abort', () => {
          if (waiting.has(id)) send({ kind: 'taken-back', id });
          end(null);
        });
        const cut = (text: string) => text.slice(0, 2_000);
        send({ kind, id, title: cut(title), lines: lines.slice(0, 64).map(cut) });
      });
    };
    const gate: CommandTerminal = {
      canAsk: consent,
      ask: async (question, { signal } = {}) => (await ask('consent', question, signal)) === true,
      ...(password && {
        askPassword: async (question, { signal }: { signal?: AbortSignal | undefined } = {}) => {
          const given = await ask('password', question, signal);
          return typeof given === 'string' ? given : null;
        },
      }),
      tell: (text) => send({ kind: 'tell', words: text.slice(0, 2_000) }),
    };
    outgoing.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    const detach = this.#desk.attach(terminal, gate);
    outgoing.once('close', () => {
      detach();
      this.#waiting.delete(terminal);
      for (const end of [...waiting.values()]) end(null);
    });
    send({ kind: 'attached' });
    return true;
  }

  /** @returns whether somebody waited for this answer; undefined when the request is not as agreed */
  answer(body: unknown): boolean | undefined {
    const parsed = terminalAnswer.safeParse(body);
    if (!parsed.success) return undefined;
    const { terminal, id, given } = parsed.data;
    const end = this.#waiting.get(terminal)?.get(id);
    end?.(given);
    return end !== undefined;
  }
}
