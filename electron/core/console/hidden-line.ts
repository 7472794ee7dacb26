import type { Readable, Writable } from 'node:stream';
import { discardTyped, type Keyboard } from './typed-ahead.ts';

const LONGEST = 1_024;

/** How long a question waits, and what ends it before. */
export interface Waiting {
  /** Nobody answered within so many milliseconds: null. Two minutes when left out. */
  withinMs?: number | undefined;
  /** Takes the question back: null. */
  signal?: AbortSignal | undefined;
  /** Milliseconds of silence after which nothing more comes of what was typed before the question. */
  quietMs?: number | undefined;
}

/**
 * Reads one line from a terminal without showing it: for the password of sudo, where nobody else can ask. What was typed before the
 * question stands there is thrown away.
 * @param input the terminal, `process.stdin`
 * @param output where the question is written
 * @returns the line; null on Ctrl-C, Ctrl-D on an empty line, when there is no terminal, or when the time is over
 */
export async function readHiddenLine(
  input: Readable & Keyboard,
  output: Writable | { write(text: string): unknown },
  question: string,
  { withinMs = 120_000, signal, quietMs }: Waiting = {},
): Promise<string | null> {
  if (input.isTTY !== true || input.setRawMode === undefined || signal?.aborted) return null;
  if (!(await discardTyped(input, quietMs)) || isOver(signal)) return null;
  // Before the question stands there: keys that come at once must not be shown either.
  input.setRawMode(true);
  output.write(question);
  return new Promise((resolve) => {
    let line = '';
    const end = (answer: string | null): void => {
      clearTimeout(timer);
      input.off('data', take);
      input.off('end', none);
      signal?.removeEventListener('abort', none);
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
    signal?.addEventListener('abort', none);
    input.on('data', take);
    input.on('end', none);
    input.resume();
  });
}

/** A question may be taken back while what was typed before it is thrown away. */
const isOver = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;
