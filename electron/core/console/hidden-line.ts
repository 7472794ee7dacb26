import type { Readable, Writable } from 'node:stream';

type Keyboard = Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown };

const LONGEST = 1_024;

/**
 * Reads one line from a terminal without showing it: for the password of sudo, where nobody else can ask.
 * @param input the terminal, `process.stdin`
 * @param output where the question is written
 * @param withinMs nobody answered after that: null
 * @returns the line; null on Ctrl-C, Ctrl-D on an empty line, when there is no terminal, or when the time is over
 */
export function readHiddenLine(
  input: Keyboard,
  output: Writable | { write(text: string): unknown },
  question: string,
  withinMs = 120_000,
): Promise<string | null> {
  if (input.isTTY !== true || input.setRawMode === undefined) return Promise.resolve(null);
  output.write(question);
  return new Promise((resolve) => {
    let line = '';
    const end = (answer: string | null): void => {
      clearTimeout(timer);
      input.off('data', take);
      input.off('end', none);
      input.setRawMode?.(false);
      input.pause();
      output.write('\n');
      resolve(answer);
    };
    const none = (): void => end(null);
    const take = (chunk: Buffer | string): void => {
      for (const key of chunk.toString()) {
        if (key === '\r' || key === '\n') {
          end(line);
          return;
        }
        if (key === '\u0003' || (key === '\u0004' && line === '')) {
          end(null);
          return;
        }
        if (key === '\u007f' || key === '\b') line = [...line].slice(0, -1).join('');
        else if (key === '\u0015') line = '';
        else if (key >= ' ' && line.length < LONGEST) line += key;
      }
    };
    const timer = setTimeout(none, withinMs);
    input.setRawMode?.(true);
    input.on('data', take);
    input.on('end', none);
    input.resume();
  });
}
