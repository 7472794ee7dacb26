import { readHiddenLine } from '#core/console/hidden-line.ts';
import { visible } from '#shared/domain/text.ts';
import { askLine } from './ask-line.ts';

/** A stream to write to, as far as commands need it. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** All that a command touches of the process that runs it. */
export interface Terminal {
  out: Output;
  error: Output;
  environment: NodeJS.ProcessEnv;
  /** Whether somebody can be asked. */
  canAsk?: boolean | undefined;
  /** Ask and wait for a line; null where nobody can be asked or answers in time. What was typed before the question is thrown away. */
  ask(question: string, signal?: AbortSignal): Promise<string | null>;
  /** The same without showing what is typed. */
  askHidden(question: string, signal?: AbortSignal): Promise<string | null>;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: process.stdout,
    error: process.stderr,
    environment: process.env,
    canAsk: process.stdin.isTTY === true,
    ask: (question, signal) => askLine(process.stdin, process.stderr, question, { signal }),
    askHidden: (question, signal) => readHiddenLine(process.stdin, process.stderr, question, { signal }),
  };
}

/** Whether colours are wanted: on a terminal that knows them, unless NO_COLOR says no (no-color.org). */
export function wantsColour(output: Output, environment: NodeJS.ProcessEnv): boolean {
  return output.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

const CODES = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, dim: 2, bold: 1 } as const;
export type Colour = keyof typeof CODES;
export type Paint = (colour: Colour, text: string) => string;

/** @returns what colours a text (SGR, ECMA-48 section 8.3.117), or leaves it plain */
export function painter(colours: boolean): Paint {
  return (colour, text) => (colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

/**
 * One line that is written over, on a terminal only: logs and pipes stay clean.
 * @returns `show` for the present step, `clear` at the end
 */
export function progressLine(output: Output): { show(text: string): void; clear(): void } {
  if (output.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  const width = Math.max(20, (output.columns || 80) - 1);
  return {
    show: (text) => output.write(`\r\u001b[2K${visible(text).slice(0, width)}`),
    clear: () => output.write('\r\u001b[2K'),
  };
}

/** Says what goes on, on a terminal only, for as long as the work takes. */
export async function during<T>(
  terminal: Pick<Terminal, 'error'>,
  text: string,
  work: () => T | Promise<T>,
): Promise<T> {
  const progress = progressLine(terminal.error);
  progress.show(text);
  try {
    return await work();
  } finally {
    progress.clear();
  }
}
