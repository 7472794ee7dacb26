import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Waiting } from '#core/console/hidden-line.ts';
import { discardTyped, type Keyboard } from '#core/console/typed-ahead.ts';

/** Milliseconds for which a question waits, as everywhere else; nobody answered means no. */
const ANSWER_WITHIN_MS = 120_000;

/**
 * Asks in a terminal and waits for a line. What was typed before the question stands there is thrown away.
 * @returns the line; null where there is no terminal, when it was closed, when the question was taken back, or when nobody answered in time
 */
export async function askLine(
  input: Readable & Keyboard,
  output: NodeJS.WritableStream,
  question: string,
  { withinMs = ANSWER_WITHIN_MS, signal, quietMs }: Waiting = {},
): Promise<string | null> {
  if (input.isTTY !== true || !(await discardTyped(input, quietMs)) || signal?.aborted) return null;
  const reader = createInterface({ input, output });
  try {
    return await new Promise<string | null>((resolve) => {
      const none = (): void => resolve(null);
      const timer = setTimeout(() => {
        output.write('\nNobody answered in time. That counts as no.\n');
        resolve(null);
      }, withinMs);
      reader.question(question, (answer) => resolve(answer));
      reader.once('close', none);
      signal?.addEventListener('abort', none);
      reader.once('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', none);
      });
    });
  } finally {
    reader.close();
  }
}
