import type { Command } from 'commander';
import type { Place } from './check-command.ts';
import type { Terminal } from './terminal.ts';

/**
 * Adds the emergency brake: `pause`.
 * @param done takes the exit code
 */
export function addPauseCommand(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('pause')
    .description('make all agents of all nodes stand still, at once; nothing is ended')
    .option('--resume', 'let them run again; asks first', false)
    .option('--status', 'ask the nodes how they stand, and change nothing', false)
    .option('--yes', 'agree to --resume without being asked', false)
    .option('--json', 'one JSON document', false)
    .action(async (options) => {
      const { pause } = await import('./pause-command.ts');
      done(await pause(place(), options, terminal));
    });
}
