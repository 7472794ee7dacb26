import { shortened, visible } from './text.ts';

/**
 * The command as it was typed, for usage and hints: `swarmkeep` where it is installed, `npm run -s swarmkeep --` in a checkout. The script
 * that starts it from a checkout says so in SWARMKEEP_COMMAND.
 */
export function commandName(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment.SWARMKEEP_COMMAND?.trim();
  return given ? shortened(visible(given), 200) : 'swarmkeep';
}
