import { exportAdvisories, noteOf } from '#core/dependencies/advisories/signed-set.ts';
import { keyInFile } from '#core/ledger/key-file.ts';
import { type AdvisoryReader, readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import { StoreError } from '#core/store/store-error.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { asJson } from './report.ts';
import type { Terminal } from './terminal.ts';

/**
 * `swarmkeep dependencies export-advisories`: the advisories of this console, for one without network.
 * @returns 0
 * @throws CommandFailure when there are none, when this console has no key yet, or the file cannot be written
 */
export async function exportCommand(
  place: Place,
  file: string,
  options: { json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  let reader: AdvisoryReader | null = null;
  try {
    reader = readAdvisories(place.dataFolder);
    if (reader === null) throw couldNot('There is no advisory data to export.', 'Import or update it first.');
    const signer = keyInFile(place.dataFolder).read();
    if (signer === null)
      throw couldNot(
        'This console has no key to sign with yet.',
        'It gets one when it is opened for the first time.',
      );
    const { advisories, verifierKey } = await exportAdvisories(reader, signer, file);
    if (options.json)
      terminal.out.write(asJson({ advisories, file, note: noteOf(file), signedBy: verifierKey }));
    else
      terminal.out.write(
        `${advisories} advisories written to ${visible(file)}, signed in ${visible(noteOf(file))}.\nOn the other console: dependencies import FILE --signed-by '${verifierKey}'\n`,
      );
    return EXIT.fine;
  } catch (error) {
    if (error instanceof StoreError) throw couldNot(error.message, `${error.untouched} ${error.next}`);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST')
      throw couldNot(`${visible(file)} or its note is there already.`, 'Name another file.');
    if (code !== undefined) throw couldNot(`${visible(file)} could not be written (${code}).`);
    throw error;
  } finally {
    reader?.close();
  }
}
