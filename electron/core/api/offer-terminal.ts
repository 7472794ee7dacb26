import { randomBytes } from 'node:crypto';
import type { ConsentGate } from '#core/console/service.ts';
import { type ToCommand, toCommand } from './command-terminal.ts';

type Post = (procedure: string, body: unknown, signal?: AbortSignal) => Promise<Response>;
type Asked = Extract<ToCommand, { id: number; title: string }>;

/** Longest line that a console sends. */
const MOST = 1024 * 1024;

/**
 * Offers the terminal of a command to the console that runs, over its 0600 socket: questions come on a response that stays open, and
 * what a person answers goes back as a request of its own, into memory there and nowhere else.
 * @param post sends a request to the console
 * @param gate asks in this terminal; `canAsk` false: it offers no consent
 * @returns the name for the header of every call, and what ends it; null when that console is an older one
 */
export async function offerTerminal(
  post: Post,
  gate: ConsentGate,
): Promise<{ terminal: string; end: () => void } | null> {
  const terminal = randomBytes(16).toString('hex');
  const end = new AbortController();
  const offer = { terminal, consent: gate.canAsk !== false, password: gate.askPassword !== undefined };
  const answer = await post('terminal', offer, end.signal).catch(() => null);
  if (answer === null || !answer.ok || answer.body === null) {
    await answer?.body?.cancel().catch(() => undefined);
    return null;
  }
  const open = new Map<number, AbortController>();
  const asked = async ({ kind, id, title, lines }: Asked): Promise<void> => {
    const back = new AbortController();
    open.set(id, back);
    const { signal } = back;
    const ask = async () =>
      kind === 'consent'
        ? gate.ask({ title, lines }, { signal })
        : ((await gate.askPassword?.({ title, lines }, { signal })) ?? null);
    const given = await ask().catch(() => null);
    if (open.delete(id) && !signal.aborted) await post('answer', { terminal, id, given }).catch(() => null);
  };
  const heard = (message: ToCommand): void => {
    if (message.kind === 'tell') gate.tell?.(message.words);
    else if (message.kind === 'taken-back') open.get(message.id)?.abort();
    else if (message.kind !== 'attached') void asked(message);
  };
  void readLines(answer.body, (line) => {
    const parsed = toCommand.safeParse(line);
    if (parsed.success) heard(parsed.data);
  }).catch(() => undefined);
  return {
    terminal,
    end() {
      for (const one of open.values()) one.abort();
      end.abort();
    },
  };
}

/** Reads JSON texts, one on a line each, until the console or this command ends it. */
async function readLines(body: ReadableStream<Uint8Array>, take: (value: unknown) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > MOST) return;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line));
  }
}
