import { reachConsole } from '#core/api/running-console.ts';
import { type Restored, restoreBackup } from '#core/backup/restore-backup.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { asFailure, percent } from './backup-command.ts';
import type { Place } from './check-command.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { passphraseOf } from './passphrase.ts';
import { asJson } from './report.ts';
import { progressLine, type Terminal } from './terminal.ts';

export interface RestoreOptions {
  replace: boolean;
  passphraseFile?: string | undefined;
  json: boolean;
}

/**
 * `swarmkeep restore FILE`: makes a backup the console of this computer. It is unpacked and verified beside the data folder, and
 * takes its place at the end.
 * @returns 0, or 1 when the restored ledger is not as it was recorded
 * @throws CommandFailure; then everything is as it was
 */
export async function restore(
  place: Place,
  file: string,
  { replace, passphraseFile, json }: RestoreOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const progress = progressLine(terminal.error);
  try {
    const passphrase = await passphraseOf(passphraseFile, { twice: false }, terminal);
    // One that only watches gives the folder free; one that somebody uses keeps it, and is named then.
    await (await reachConsole(place.dataFolder))?.standDown();
    const restored = await restoreBackup({
      ...place,
      file,
      passphrase,
      replace,
      now: new Date(),
      onProgress: (done, all) => progress.show(`Reading the backup: ${percent(done, all)}`),
      signal,
    });
    progress.clear();
    const { manifest, verification, kept, moved, stopped } = restored;
    if (json) {
      terminal.out.write(
        asJson({
          madeAt: manifest.madeAt,
          computer: manifest.computer,
          files: manifest.files.length,
          verification,
          kept,
          moved,
          stopped,
        }),
      );
    } else {
      const day = manifest.madeAt.slice(0, 16).replace('T', ' ');
      terminal.out.write(
        `Restored: the console of ${visible(manifest.computer)} as it was on ${day} UTC.\n${visible(verification.sentence)}\n`,
      );
      terminal.error.write(
        notes(restored)
          .map((line) => `${line}\n`)
          .join(''),
      );
    }
    return verification.verified ? EXIT.fine : EXIT.found;
  } catch (error) {
    progress.clear();
    throw asFailure(error, signal);
  }
}

function notes({ kept, moved, stopped }: Restored): string[] {
  return [
    ...(kept === null ? [] : [`What was here before is in ${visible(kept)}.`]),
    ...(stopped === 0
      ? []
      : [
          `${counted(stopped, 'change')} of nodes ${stopped === 1 ? 'was' : 'were'} under way when it was made, and ${stopped === 1 ? 'is' : 'are'} not gone on with here. Look at ${stopped === 1 ? 'it' : 'them'}: swarmkeep changes.`,
        ]),
    'Use one of the two consoles only: with both, the ledger would go on twice, and their checkpoints contradict each other.',
    ...(moved
      ? [
          'The node that was “this computer” was another machine. Its changes can only be undone there; remove the node here, or let it be looked at anew.',
          'Nodes over SSH are reached with the SSH keys of your account, which are not part of a backup.',
        ]
      : []),
  ];
}
