import type { Command } from 'commander';
import type { Place } from './check-command.ts';
import type { Terminal } from './terminal.ts';

/**
 * Adds `dependencies export`, `verify`, `lock` and `pins` beside the audit. What they need is loaded when they run.
 * @param done takes the exit code
 */
export function addDependencyFileCommands(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  const dependencies = program.commands.find((command) => command.name() === 'dependencies');
  if (dependencies === undefined) throw new Error('the command "dependencies" is there before its parts');
  dependencies
    .command('export')
    .description('a bill of materials (CycloneDX 1.6), or what is known to be vulnerable (SARIF 2.1.0)')
    .argument('[paths...]', 'virtual environments, folders of packages or projects of this computer')
    .option('--node <name>', 'a node of the list, by name or id')
    .option('--requirements <file>', 'a file of requirements or a lock, before anything of it is installed')
    .option(
      '--advisories <path>',
      'read advisories from this file or folder, instead of those that were imported',
    )
    .option('--ignore <file>', 'what was accepted, as for the audit')
    .option(
      '--purposes <file>',
      'what direct dependencies are for: a JSON list of package, purpose, licence, risk',
    )
    .option('--format <form>', 'cyclonedx or sarif', 'cyclonedx')
    .addHelpText('after', '\nExit codes: 0 written, 2 not all could be read, 64 wrong usage.')
    .action(async (paths, options) => {
      const { exportPackages } = await import('./dependencies-export.ts');
      done(await exportPackages(place(), paths, options, terminal));
    });
  dependencies
    .command('verify')
    .description('say which installed files were changed, removed or added since they were installed')
    .argument('[paths...]', 'virtual environments or folders of packages of this computer')
    .option('--node <name>', 'a node of the list, by name or id')
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      `
Every file is hashed where it lies and held against the RECORD that pip wrote; nothing is run and nothing changed. Compiled files
(*.pyc) are not covered: nobody records what is in them.

Exit codes: 0 all is as recorded, 1 something differs, 2 not all could be said, 64 wrong usage.`,
    )
    .action(async (paths, options) => {
      const { verifyPackages } = await import('./dependencies-verify.ts');
      done(await verifyPackages(place(), paths, options, terminal));
    });
  dependencies
    .command('lock')
    .description('write requirements that pin what is installed, with the hashes that are known offline')
    .argument('<path>', 'a virtual environment or folder of packages of this computer')
    .option('--from <locks...>', 'take hashes of the same versions from these locks')
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      `
pip writes down hashes of installed files, and none of the wheel that they came from: a hash is known where direct_url.json has one,
or a lock has the same version. What has none is pinned by version only, and named.

Exit codes: 0 every package has its hash, 1 some have none or cannot be pinned, 2 it could not be read, 64 wrong usage.`,
    )
    .action(async (path, options) => {
      const { lockOf } = await import('./dependencies-lock.ts');
      done(lockOf(path, options, terminal));
    });
  dependencies
    .command('pins')
    .description(
      'say what floats in files of requirements, locks and installers, and how to install a lock with hashes',
    )
    .argument(
      '<files...>',
      'requirements*.txt, pyproject.toml, uv.lock, poetry.lock, pylock.toml, Pipfile.lock, *.sh',
    )
    .option('--install <names...>', 'print the lines with hashes for these packages; "all" for every one')
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing floats, 1 something does, 2 a file could not be read, 64 wrong usage.',
    )
    .action(async (files, options) => {
      const { pinsOf } = await import('./dependencies-pins.ts');
      done(pinsOf(files, options, terminal));
    });
}
