import { AdvisoryDataError } from '#core/dependencies/advisories/data-error.ts';
import { advisoryDataState } from '#core/dependencies/advisories/data-state.ts';
import { importAdvisories } from '#core/dependencies/advisories/import-advisories.ts';
import type { AdvisoryFacts } from '#core/store/advisories/advisory-writer.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { StoreError } from '#core/store/store-error.ts';
import { visible } from '#shared/domain/text.ts';
import type { Place } from './check-command.ts';
import { dataLine } from './dependencies-report.ts';
import { couldNot, EXIT, type ExitCode } from './failure.ts';
import { hasRecords } from './has-records.ts';
import { asJson } from './report.ts';
import { progressLine, type Terminal } from './terminal.ts';

/**
 * `swarmkeep dependencies import`: makes a file or folder the advisory data of this console.
 * @returns 0; data that is taken and old is still taken, and told as old
 * @throws CommandFailure; the former data then is in use as before
 */
export async function importCommand(
  place: Place,
  path: string,
  options: { json: boolean; signedBy?: string | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  return takeData(place, options, terminal, async (signal, show) => {
    const folder = prepareDataFolder(place.dataFolder);
    const taken = (from: string) =>
      importAdvisories(folder, from, new Date(), {
        signal,
        origin: path,
        onProgress: (read) => show(`Reading advisories: ${read}`),
      });
    if (options.signedBy === undefined) return taken(path);
    const { withSigned } = await import('#core/dependencies/advisories/signed-set.ts');
    return withSigned(folder, path, options.signedBy, taken);
  });
}

/**
 * Does the taking, shows how far it is, calls it off at Ctrl-C, and tells the records of the console where there are some.
 * @param take does it @returns 0 @throws CommandFailure
 */
export async function takeData(
  place: Place,
  options: { json: boolean },
  terminal: Terminal,
  take: (signal: AbortSignal, show: (words: string) => void) => Promise<AdvisoryFacts>,
): Promise<ExitCode> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  const progress = progressLine(terminal.error);
  try {
    const facts = await take(controller.signal, (words) => progress.show(words));
    await onRecord(place, terminal);
    progress.clear();
    const data = advisoryDataState(facts, new Date());
    if (options.json) {
      const { advisories, newest, ageDays, state } = data;
      terminal.out.write(asJson({ data: { advisories, newest, ageDays, state } }));
    } else {
      terminal.out.write(`Taken: ${dataLine(data)}.\n`);
      if (data.trouble !== '') terminal.error.write(`${visible(data.trouble)}\n`);
    }
    return EXIT.fine;
  } catch (error) {
    if (error instanceof AdvisoryDataError)
      throw couldNot(visible(error.message), `${error.next} The advisory data in use is as it was.`);
    if (error instanceof StoreError) throw couldNot(error.message, `${error.untouched} ${error.next}`);
    throw error;
  } finally {
    progress.clear();
    process.off('SIGINT', stop);
  }
}

/** Nodes are judged by these from now on: the console that keeps the records is told, whoever runs it. */
async function onRecord(place: Place, terminal: Terminal): Promise<void> {
  if (!hasRecords(place.dataFolder)) return;
  const { openConsole } = await import('./open-console.ts');
  const open = await openConsole({ ...place, terminal });
  try {
    await open.client.dependencies.takenBeside();
  } finally {
    await open.close();
  }
}
