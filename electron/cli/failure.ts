/** Exit codes of every command. 64 is EX_USAGE of sysexits(3). */
export const EXIT = { fine: 0, found: 1, couldNot: 2, usage: 64 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that could not do what it was asked: words that can be shown, and what to do next. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;
  readonly next: string;

  constructor(exitCode: ExitCode, message: string, next = '') {
    super(message);
    this.exitCode = exitCode;
    this.next = next;
  }
}

/** The command line itself was wrong: an unknown check, two things that exclude each other. */
export function usage(message: string, next = ''): CommandFailure {
  return new CommandFailure(EXIT.usage, message, next);
}

/** It was understood and could not be done: an unknown node, a damaged file, a machine that does not answer. */
export function couldNot(message: string, next = ''): CommandFailure {
  return new CommandFailure(EXIT.couldNot, message, next);
}
