import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { readHiddenLine, type Waiting } from '#core/console/hidden-line.ts';
import type { ConsentGate, Question } from '#core/console/service.ts';
import { discardTyped, type Keyboard } from '#core/console/typed-ahead.ts';

/** Milliseconds for which a question waits; nobody answered means no. */
const ANSWER_WITHIN_MS = 2 * 60_000;
/** A number that was mistyped is asked for again so often; each time it is another one. */
const MOST_TRIES = 3;

/**
 * Asks in the terminal that started the console: out of reach of every page, and of a program that does not own this
 * terminal. Where there is none (a service, a pipe) the answer is always no.
 *
 * What was typed before a question stands there counts for nothing, and a yes needs the number that the question shows: a page decides
 * when a question comes, so a word that is always the same could be typed for something else, or be in a text that is being pasted.
 * The number is random, new for every question and shown nowhere but in the terminal.
 * @param input the terminal, `process.stdin`
 * @param output where the question is written; standard output stays for the one line that programs read
 */
export function terminalConsent(
  input: Readable & Keyboard,
  output: Writable,
  { withinMs = ANSWER_WITHIN_MS, quietMs }: Pick<Waiting, 'withinMs' | 'quietMs'> = {},
): ConsentGate {
  const hasTerminal = input.isTTY === true;
  return {
    canAsk: hasTerminal,
    async ask({ title, lines }, { signal } = {}) {
      if (!hasTerminal) return false;
      if (!(await discardTyped(input, quietMs))) {
        output.write(`\n${title}\n  Not asked: keys kept coming from this terminal. Nothing was changed.\n`);
        return false;
      }
      output.write(`\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`);
      for (let tries = 1; tries <= MOST_TRIES && !signal?.aborted; tries += 1) {
        const number = String(randomInt(1_000, 10_000));
        output.write(`Type yes ${number} to agree, anything else to refuse: `);
        const answer = await lineOf(input, withinMs, signal);
        if (signal?.aborted) break;
        const words = (answer ?? '').trim().toLowerCase().split(/\s+/);
        if (words[0] === 'yes' && words[1] === number && words.length === 2) return true;
        if (words[0] !== 'yes') return false;
        output.write('That is not the number of this question.\n');
        if (tries < MOST_TRIES && !(await discardTyped(input, quietMs))) return false;
      }
      if (signal?.aborted) output.write('\nThe question was taken back. Nothing was changed.\n');
      return false;
    },
    // Where there is no terminal nobody can be asked, and what needs a password says so beforehand.
    ...(hasTerminal && {
      async askPassword({ title, lines }: Question, { signal }: { signal?: AbortSignal | undefined } = {}) {
        const question = `\n${lines.map((line) => `${line}\n`).join('')}${title}: `;
        const given = await readHiddenLine(input, output, question, { withinMs, signal, quietMs });
        if (!signal?.aborted) return given;
        output.write('The question was taken back. Nothing was changed.\n');
        return null;
      },
      tell: (words: string) => void output.write(`${words}\n`),
    }),
  };
}

/** One line as the terminal gives it; null when it was closed, when nobody answered, or when the question was taken back. */
function lineOf(input: Readable, withinMs: number, signal?: AbortSignal): Promise<string | null> {
  const reader = createInterface({ input, terminal: false });
  return new Promise<string | null>((resolve) => {
    const end = (answer: string | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', none);
      resolve(answer);
      reader.close();
    };
    const none = (): void => end(null);
    const timer = setTimeout(none, withinMs);
    signal?.addEventListener('abort', none);
    reader.once('line', end);
    reader.once('close', none);
  });
}
