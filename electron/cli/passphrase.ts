import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { visible } from '#shared/domain/text.ts';
import { couldNot, usage } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Longest passphrase, in bytes. */
const LONGEST = 1_024;

/**
 * A passphrase, from a file or typed without being shown; never from an argument or a variable, which others can read.
 * @param twice a new one is typed twice
 * @throws CommandFailure when there is none
 */
export async function passphraseOf(
  file: string | undefined,
  { twice }: { twice: boolean },
  terminal: Terminal,
): Promise<string> {
  if (file !== undefined) return fromFile(file);
  const first = await terminal.askHidden('Passphrase: ');
  if (first === null) {
    throw usage(
      'There is no terminal to ask for the passphrase.',
      'Give a file with it: --passphrase-file FILE',
    );
  }
  if (twice && (await terminal.askHidden('The same again: ')) !== first) {
    throw couldNot('The two were not the same. Nothing was written.', 'Try again.');
  }
  return first;
}

async function fromFile(file: string): Promise<string> {
  const name = visible(file);
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => null);
  if (handle === null) throw couldNot(`${name} could not be read.`, 'Look at its name and permissions.');
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > LONGEST)
      throw couldNot(`${name} holds no passphrase.`, 'One line of text is read.');
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw couldNot(
        `${name} can be read by others, so its passphrase is none.`,
        `Take that away first: chmod 600 ${name}`,
      );
    }
    return (await handle.readFile('utf8')).split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
  } finally {
    await handle.close();
  }
}
