import type { Command } from 'commander';
import type { Place } from './check-command.ts';
import type { Terminal } from './terminal.ts';

const NODE = ['--node <name>', 'a node of the list, by name or id'] as const;
const DRY = ['--dry-run', 'show the plan and change nothing'] as const;
const YES = ['--yes', 'agree without being asked, and keep what would take itself back'] as const;
const JSON_FLAG = ['--json', 'one JSON document: the plan and the change'] as const;

/**
 * Adds the commands that change nodes: `fix`, `undo`, `changes`, `confirm`, `allow`, `remove`.
 * @param done takes the exit code
 */
export function addFixCommands(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('fix')
    .description('repair checks of a node: shows the plan, asks, does it, looks again')
    .argument('<checks...>', 'ids of checks')
    .option(...NODE)
    .option('--reverts-after <seconds>', 'when a change that may cut you off takes itself back')
    .option(...DRY, false)
    .option(...YES, false)
    .option(...JSON_FLAG, false)
    .action(async (checks: string[], options) => {
      const { fix } = await import('./fix-command.ts');
      done(await fix(place(), checks, options, terminal));
    });
  program
    .command('undo')
    .description('take a change back; refuses when something was changed since')
    .argument('<change>', 'its id, or the beginning of it')
    .option('--redo', 'do it again instead, after it was taken back', false)
    .option('--leave', 'leave as it is what cannot be taken back, and count it as settled', false)
    .option(...DRY, false)
    .option(...YES, false)
    .option(...JSON_FLAG, false)
    .action(async (change: string, options) => {
      const { undo } = await import('./undo-command.ts');
      done(await undo(place(), change, options, terminal));
    });
  program
    .command('changes')
    .description('what was done to nodes, newest first; with a change: each of its steps, and what is left')
    .argument('[change]', 'its id, or the beginning of it')
    .option(...NODE)
    .option('--json', 'one JSON document', false)
    .action(async (change: string | undefined, options) => {
      const { changes } = await import('./changes-command.ts');
      done(await changes(place(), change, options, terminal));
    });
  program
    .command('confirm')
    .description('keep a change that would take itself back')
    .argument('<change>', 'its id, or the beginning of it')
    .option(...JSON_FLAG, false)
    .action(async (change: string, options) => {
      const { confirm } = await import('./confirm-command.ts');
      done(await confirm(place(), change, options, terminal));
    });
  program
    .command('allow')
    .description('put the helper on a node, so that fixes can be done there')
    .option(...NODE)
    .option('--without-password', 'with a rule by which sudo starts it without a password', false)
    .option(...DRY, false)
    .option(...YES, false)
    .option(...JSON_FLAG, false)
    .action(async (options) => {
      const { allow } = await import('./remove-command.ts');
      done(await allow(place(), options, terminal));
    });
  program
    .command('remove')
    .description(
      'allow no more changes: take everything of Swarmkeep off a node, its changes first and then the helper; what should stay is left with undo --leave before',
    )
    .option(...NODE)
    .option(...DRY, false)
    .option(...YES, false)
    .option(...JSON_FLAG, false)
    .action(async (options) => {
      const { remove } = await import('./remove-command.ts');
      done(await remove(place(), options, terminal));
    });
}
