import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { readHiddenLine } from '#core/console/hidden-line.ts';
import type { ConsentGate } from '#core/console/service.ts';

/** Milliseconds for which a question waits; nobody answered means no. */
const ANSWER_WITHIN_MS = 2 * 60_000;

/**
 * Asks in the terminal that started the console: out of reach of every page, and of a program that does not own this
 * terminal. Where there is none (a service, a pipe) the answer is always no.
 * @param input the terminal, `process.stdin`
 * @param output where the question is written; standard output stays for the one line that programs read
 */
export function terminalConsent(
  input: Readable & { isTTY?: boolean },
  output: Writable,
  withinMs = ANSWER_WITHIN_MS,
): ConsentGate {
  return {
    async ask({ title, lines }) {
      if (input.isTTY !== true) return false;
      const reader = createInterface({ input, output, terminal: false });
      try {
        output.write(`\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`);
        output.write('Type yes to agree, anything else to refuse: ');
        const answer = await Promise.race([
          new Promise<string>((resolve) => reader.once('line', resolve)),
          new Promise<string>((resolve) => reader.once('close', () => resolve(''))),
          new Promise<string>((resolve) => setTimeout(resolve, withinMs, '').unref()),
        ]);
        return answer.trim().toLowerCase() === 'yes';
      } finally {
        reader.close();
      }
    },
    // Where there is no terminal nobody can be asked, and what needs a password says so beforehand.
    ...(input.isTTY === true && {
      askPassword: ({ title, lines }: { title: string; lines: readonly string[] }) => {
        output.write(`\n${lines.map((line) => `${line}\n`).join('')}`);
        return readHiddenLine(input, output, `${title}: `, withinMs);
      },
    }),
  };
}
