import { basename } from 'node:path';
import { BackupError } from '#core/backup/backup-error.ts';
import { requirePassphrase, writeBackup } from '#core/backup/write-backup.ts';
import { StoreError } from '#core/store/store-error.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import type { Place } from './check-command.ts';
import { CommandFailure, couldNot, EXIT, type ExitCode } from './failure.ts';
import { hasRecords } from './has-records.ts';
import { openConsole } from './open-console.ts';
import { passphraseOf } from './passphrase.ts';
import { asJson } from './report.ts';
import { progressLine, type Terminal } from './terminal.ts';

export interface BackupOptions {
  withoutLogs: boolean;
  passphraseFile?: string | undefined;
  json: boolean;
}

/**
 * `swarmkeep backup FILE`: all records of this console in one encrypted file, also while a console runs.
 * @returns 0
 * @throws CommandFailure; then there is no such file
 */
export async function backup(
  place: Place,
  file: string,
  { withoutLogs, passphraseFile, json }: BackupOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (!hasRecords(place.dataFolder)) {
    throw couldNot(
      `There are no records in ${visible(place.dataFolder)}.`,
      'Another folder is named with --data-dir.',
    );
  }
  const logs = !withoutLogs;
  const progress = progressLine(terminal.error);
  try {
    const passphrase = await passphraseOf(passphraseFile, { twice: true }, terminal);
    requirePassphrase(passphrase);
    const checkpoint = await recorded(place, { fileName: basename(file), logs }, terminal);
    progress.show('Copying the records …');
    const { bytes, manifest } = await writeBackup({
      ...place,
      file,
      passphrase,
      logs,
      checkpoint,
      now: new Date(),
      onProgress: (done, all) => progress.show(`Writing the backup: ${percent(done, all)}`),
      signal,
    });
    progress.clear();
    const what = { file, bytes, files: manifest.files, logs, madeAt: manifest.madeAt };
    if (json) terminal.out.write(asJson(what));
    else {
      terminal.out.write(
        `${visible(file)}: ${counted(manifest.files.length, 'file')}, ${Math.ceil(bytes / 1_048_576).toLocaleString('en')} MiB, encrypted.\n`,
      );
      terminal.error.write(
        'Without the passphrase nobody can open it, and nobody can tell it to you. Keep both, in two places.\n' +
          'SSH keys of your account are not part of it.\n',
      );
    }
    return EXIT.fine;
  } catch (error) {
    progress.clear();
    throw asFailure(error, signal);
  }
}

/** What leaves the console is on record before it leaves. */
async function recorded(
  place: Place,
  what: { fileName: string; logs: boolean },
  terminal: Terminal,
): Promise<string> {
  const open = await openConsole({ ...place, terminal });
  try {
    return (await open.client.activity.backingUp({ ...what, fileName: what.fileName.slice(0, 200) }))
      .checkpoint;
  } finally {
    await open.close();
  }
}

/** @returns e.g. `42 %` */
export function percent(done: number, all: number): string {
  return all === 0 ? '' : `${Math.min(100, Math.floor((done / all) * 100))} %`;
}

/** @returns what a backup or restore threw, as words of a command */
export function asFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return couldNot('Cancelled. Nothing was left of it.');
  if (error instanceof BackupError) return new CommandFailure(EXIT.couldNot, error.message, error.next);
  if (error instanceof StoreError) return couldNot(error.message, `${error.untouched} ${error.next}`);
  return error;
}
