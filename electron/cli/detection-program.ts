import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

const gathered = (value: string, before: readonly string[]): string[] => [...before, value];

/**
 * Adds `rules check` and `detect` to the command line. Neither needs a console's records.
 * @param done takes the exit code
 */
export function addDetectionCommands(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  const rules = program.command('rules').description('Sigma rules');
  rules
    .command('check')
    .description('compile Sigma rules, and say which cannot be used and why')
    .argument('<paths...>', 'rule files, or folders that are looked through for .yml and .yaml')
    .option('--value <name=value>', 'a value for a placeholder; may be given several times', gathered, [])
    .option(
      '--prove',
      'make an event for each rule that it finds, and name the rules for which there is none',
      false,
    )
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 every rule compiles or only lacks values for its placeholders, 1 one does not or can never fire, 2 nothing could be read, 64 wrong usage.',
    )
    .action(async (paths, options) => {
      const { checkRules } = await import('./rules-command.ts');
      done(await checkRules(paths, options, terminal));
    });
  program
    .command('detect')
    .description(
      'look for what Sigma rules describe in events: JSON lines, a JSON array, or JSON objects in a row',
    )
    .requiredOption('--rules <paths...>', 'rule files or folders')
    .requiredOption('--events <file>', 'the events; - for standard input')
    .option(
      '--logsource <parts>',
      'what the events are: product=linux,category=process_creation,service=sshd',
    )
    .option('--all-rules', 'ask every rule about every event, whatever log it is for', false)
    .option('--value <name=value>', 'a value for a placeholder; may be given several times', gathered, [])
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      `
Without --logsource each event is asked what it is: by its logsource.product, .category and .service, or by the channel and id of
a Windows event. One that says nothing is put to every rule.

Text that is no event is left out, counted as "broken" and told on standard error; the rest is looked at.

Exit codes: 0 nothing was found, 1 something was found, 2 it could not be done or not all of it could be read, 64 wrong usage.`,
    )
    .action(async (options) => {
      const { detect } = await import('./detect-command.ts');
      done(await detect(options, terminal));
    });
}
