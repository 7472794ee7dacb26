import { type UpdateResult, updateAdvisories } from '#core/dependencies/advisories/update-advisories.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { OSV_ADDRESS } from '#shared/domain/dependencies/osv-address.ts';
import { counted } from '#shared/domain/words.ts';
import type { Place } from './check-command.ts';
import { takeData } from './dependencies-import.ts';
import type { ExitCode } from './failure.ts';
import { hasRecords } from './has-records.ts';
import type { Terminal } from './terminal.ts';

export interface DependencyUpdateOptions {
  from?: string | undefined;
  whole: boolean;
  json: boolean;
}

function wayInWords({ way, fetched }: UpdateResult): string {
  if (way === 'nothing-new') return 'Nothing has changed since.';
  return way === 'whole'
    ? 'Everything was fetched.'
    : `${counted(fetched, 'changed advisory', 'changed advisories')} fetched.`;
}

/**
 * `swarmkeep dependencies update`: the operator asks for what was published since.
 * @returns 0 @throws CommandFailure; the former data then is in use as before
 */
export async function updateCommand(
  place: Place,
  options: DependencyUpdateOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const address = options.from ?? (await settledAddress(place, terminal));
  return takeData(place, options, terminal, async (signal, show) => {
    const folder = prepareDataFolder(place.dataFolder);
    const result = await updateAdvisories(folder, address, new Date(), {
      signal,
      whole: options.whole,
      onProgress: show,
    });
    terminal.error.write(`${wayInWords(result)}\n`);
    return result.facts;
  });
}

/** The address of the console's settings; where there are no records yet, that of OSV. */
async function settledAddress(place: Place, terminal: Terminal): Promise<string> {
  if (!hasRecords(place.dataFolder)) return OSV_ADDRESS;
  const { openConsole } = await import('./open-console.ts');
  const open = await openConsole({ ...place, terminal });
  try {
    return (await open.client.settings.get()).advisories.address;
  } finally {
    await open.close();
  }
}
