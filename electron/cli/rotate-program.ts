import type { Command } from 'commander';
import type { Place } from './check-command.ts';
import type { Terminal } from './terminal.ts';

const more = (value: string, before: string[]) => [...before, value];

/**
 * Adds `rotate`.
 * @param done takes the exit code
 */
export function addRotateCommand(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('rotate')
    .description(
      'give the swarm a new secret: shows what will happen, asks, does it on all nodes at one instant, proves it',
    )
    .option('--node <name>', 'only this node; may be given several times', more, [])
    .option('--all', 'every node of the list, as without --node', false)
    .option('--exclude <name>', 'without this node, which is kept out; may be given several times', more, [])
    .option('--emergency', 'wait for nobody: who does not answer at once is left out and kept out', false)
    .option('--initial', 'the first secret of a swarm that has none', false)
    .option('--add', 'give the secret in force to the nodes of --node', false)
    .option('--leave', 'a new secret for all but the nodes of --node, which leave the swarm', false)
    .option(
      '--open-fence',
      'let go of strangers that the last rotation fenced off, once you have looked at them',
      false,
    )
    .option('--resume', 'go on with one that stands still, and let in nodes that were left out', false)
    .option('--status', 'how it stands; 1 when one is under way or has left nodes out', false)
    .option(
      '--passphrase-file <file>',
      'the passphrase of the sealed secrets, in a file that only you can read',
    )
    .option('--dry-run', 'show the plan and change nothing', false)
    .option('--yes', 'agree without being asked', false)
    .option('--json', 'one JSON document: the rotation', false)
    .action(async (options) => {
      const { rotate } = await import('./rotate-command.ts');
      done(await rotate(place(), options, terminal));
    });
}
