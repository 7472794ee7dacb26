import {
  OSV_ADDRESS,
  type UpdateResult,
  updateAdvisories,
} from '#core/dependencies/advisories/update-advisories.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { counted } from '#shared/domain/words.ts';
import type { Place } from './check-command.ts';
import { takeData } from './dependencies-import.ts';
import type { ExitCode } from './failure.ts';
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
  return takeData(options, terminal, async (signal, show) => {
    const folder = prepareDataFolder(place.dataFolder);
    const result = await updateAdvisories(folder, options.from ?? OSV_ADDRESS, new Date(), {
      signal,
      whole: options.whole,
      onProgress: show,
    });
    terminal.error.write(`${wayInWords(result)}\n`);
    return result.facts;
  });
}
