import { remoteLine, sudoLine } from './helper-channel-command.ts';

/** What stands between the password and the script. */
const MARK = 'swarmkeep-administrator';

/**
 * What sudo starts. Where it did not ask for the password after all (a rule that was written meanwhile), the first line is the password,
 * and a shell would run it as a command and name it in its errors. So one line is read and compared, printed nowhere, and no shell begins
 * without the mark. `read` takes a pipe byte by byte (POSIX, read), so that nothing of the script is lost.
 */
const BECOME = `read -r mark; case $mark in ${MARK}) exec /bin/sh -s sudo ;; esac; exit 97`;

/**
 * Starts a shell as administrator that reads its script behind the password. sudo(8): `-k` with a command ignores a password that sudo still
 * remembers, for it would not read its line then; `-S` reads one line of standard input, byte by byte.
 */
export const ADMINISTRATOR_WORDS: readonly string[] = [
  '/usr/bin/env',
  'LC_ALL=C',
  'sudo',
  '-k',
  '-S',
  '-p',
  '',
  '--',
  '/bin/sh',
  '-c',
  BECOME,
];

/** The same for the login shell of a node; any shell reads it alike. */
export const ADMINISTRATOR_LINE = remoteLine(ADMINISTRATOR_WORDS);

/** Tries the very thing that is needed, and does nothing: whether sudo takes the password says nothing of what it allows. */
export const ADMINISTRATOR_TRIAL: readonly string[] = [
  '/usr/bin/env',
  'LC_ALL=C',
  'sudo',
  '-k',
  '-S',
  '-p',
  '',
  '--',
  '/bin/sh',
  '-c',
  ':',
];

/**
 * @param password as it was typed; null when it is not known any more
 * @returns what goes to standard input of {@link ADMINISTRATOR_WORDS}; null where there is no password that could go there
 */
export function administratorInput(password: string | null, script: string): string | null {
  const line = sudoLine(password);
  return line === null ? null : `${line}${MARK}\n${script}`;
}
