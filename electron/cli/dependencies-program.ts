import type { Command } from 'commander';
import type { Place } from './check-command.ts';
import type { Terminal } from './terminal.ts';

/**
 * Adds `dependencies audit`, `import`, `export-advisories` and `update` to the command line. What they need is loaded when they run.
 * @param done takes the exit code
 */
export function addDependencyCommands(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  const dependencies = program
    .command('dependencies')
    .description('installed packages against published advisories, without network');
  dependencies
    .command('audit')
    .description('say which installed package has a known vulnerability, and what to upgrade to')
    .argument('[paths...]', 'virtual environments, folders of packages or projects of this computer')
    .option('--node <name>', 'a node of the list, by name or id')
    .option('--inventory <file>', 'a JSON list of {"name", "version"}, as pip list --format=json prints it')
    .option('--requirements <file>', 'a file of requirements or a lock, before anything of it is installed')
    .option('--names <requirements...>', 'packages before they are installed, such as httpx==0.27.0')
    .option(
      '--advisories <path>',
      'read advisories from this file or folder, instead of those that were imported',
    )
    .option(
      '--ignore <file>',
      'what was accepted: a JSON list of package, id, reason, and until or untilFixed',
    )
    .option(
      '--pip-audit',
      'show where your own pip-audit says something else; it asks its service on the network',
      false,
    )
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      `
Nothing is fetched, and nothing of an environment is run: it is read as files. Without paths and options this computer, or the
only node of the list, is looked at. With --pip-audit the pip-audit of your PATH is given names and versions, and looks them up at
its service; one within an environment in question, or that others can change, is not started.

Exit codes: 0 all was compared with fresh data and nothing is known, 1 something is known, 2 not all could be said (no data, data
older than five days or from the future, only a small part of it, packages that cannot be read or compared), 64 wrong usage.`,
    )
    .action(async (paths, options) => {
      const { auditCommand } = await import('./dependencies-audit.ts');
      done(await auditCommand(place(), paths, options, terminal));
    });
  dependencies
    .command('import')
    .description("take advisories without network: OSV's PyPI/all.zip, or a folder of its JSON files")
    .argument('<path>', 'zip archive, folder, or JSON file')
    .option(
      '--signed-by <key>',
      'only an archive that the console with this key exported; its note lies beside it',
    )
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      '\nWhatever is wrong with it leaves the former data in use; so does data that is older than that.\n\nExit codes: 0 taken, 2 not taken, 64 wrong usage.',
    )
    .action(async (path, options) => {
      const { importCommand } = await import('./dependencies-import.ts');
      done(await importCommand(place(), path, options, terminal));
    });
  dependencies
    .command('export-advisories')
    .description('write the advisories of this console as an archive, signed, for a console without network')
    .argument('<file>', 'the archive; a note with the signature is written beside it')
    .option('--json', 'one JSON document', false)
    .addHelpText('after', '\nExit codes: 0 written, 2 not written, 64 wrong usage.')
    .action(async (file, options) => {
      const { exportCommand } = await import('./dependencies-export-advisories.ts');
      done(await exportCommand(place(), file, options, terminal));
    });
  dependencies
    .command('update')
    .description('fetch what was published since, now; nothing about this computer is sent')
    .option('--from <address>', 'another place with the layout of OSV: https, or http on this computer')
    .option('--whole', 'fetch everything, even if a part would do', false)
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      `
What broke off goes on where it was; whatever goes wrong leaves the former data in use.

Exit codes: 0 taken, or nothing was new, 2 not taken, 64 wrong usage.`,
    )
    .action(async (options) => {
      const { updateCommand } = await import('./dependencies-update.ts');
      done(await updateCommand(place(), options, terminal));
    });
}
