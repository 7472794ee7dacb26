import type { ApiClient } from '#core/api/direct-client.ts';
import { couldNot } from './failure.ts';
import { passphraseOf } from './passphrase.ts';
import type { Terminal } from './terminal.ts';

/**
 * Opens the place where the console keeps secrets, and sets it up where that was never done. The recovery sheet of a new one is written to
 * standard error, once, for paper.
 * @param file with the passphrase; null: it is typed
 * @throws CommandFailure when it stays closed
 */
export async function openSealed(
  client: ApiClient,
  file: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const { is, why } = await client.sealed.state();
  if (is === 'open') return;
  if (is === 'damaged')
    throw couldNot(
      why ?? 'The place where this console keeps secrets is damaged.',
      'Restore it from a backup.',
    );
  if (is === 'locked') {
    const passphrase = await passphraseOf(file, { twice: false }, terminal);
    const state = await client.sealed.unlock({ kind: 'passphrase', passphrase });
    if (state.is !== 'open') throw couldNot('The place where this console keeps secrets stayed closed.');
    return;
  }
  terminal.error.write('This console keeps secrets under a passphrase, which is chosen now.\n');
  const passphrase = await passphraseOf(file, { twice: true }, terminal);
  const sheet = await client.sealed.setUp({ keyPlace: 'passphrase', passphrase });
  const groups = sheet.groups
    .map((group, index) => `  ${String(index + 1).padStart(2)}  ${group}\n`)
    .join('');
  terminal.error.write(
    `Recovery sheet ${sheet.store}. Write it on paper, now: it opens the secrets when the passphrase is lost, and is not shown again.\n${groups}`,
  );
}
