import { Command, CommanderError } from 'commander';
import { defaultDataFolder } from '#core/store/data-folder.ts';
import { commandName } from '#shared/domain/command-name.ts';
import { visible } from '#shared/domain/text.ts';
import { addAuditCommands } from './audit-program.ts';
import { addBackupCommands } from './backup-program.ts';
import { addDependencyFileCommands } from './dependencies-files-program.ts';
import { addDependencyCommands } from './dependencies-program.ts';
import { addDetectionCommands } from './detection-program.ts';
import { CommandFailure, EXIT } from './failure.ts';
import { addFirewallCommands } from './firewall/firewall-program.ts';
import { addFixCommands } from './fix-program.ts';
import { addIncidentCommands } from './incident/incident-program.ts';
import { addPauseCommand } from './pause-program.ts';
import { asJson } from './report.ts';
import { addRotateCommand } from './rotate-program.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODES = `
Exit codes: 0 fine, 1 something is to be fixed, 2 something could not be seen or done, 64 wrong usage.
With --json, standard output holds one JSON document and nothing else.`;

/**
 * Runs one command line.
 * @param args without node and program
 * @returns the exit code; everything was written to the terminal
 */
export async function run(args: readonly string[], version: string, terminal: Terminal): Promise<number> {
  let code: number = EXIT.fine;
  const program = commands(version, terminal, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...(args.length === 0 ? ['serve'] : args)], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    return explain(error, args.includes('--json'), terminal);
  }
}

function commands(version: string, terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command(commandName(terminal.environment))
    .description('The security console for people who run an AI swarm at home.')
    .version(version)
    .option('--data-dir <folder>', "folder with the console's own records", defaultDataFolder())
    .addHelpText('after', `\nWithout a command: serve.${EXIT_CODES}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.error.write(visibleKeepingLines(text)),
    });
  // A command loads what it needs when it is asked for: most of a short run would else be loading.
  const nodes = () => import('./node-command.ts');
  const place = () => ({ dataFolder: program.opts<{ dataDir: string }>().dataDir, version });

  program
    .command('check')
    .description('look at a node and judge what is there; this computer when none is named')
    .option('--node <name>', 'a node of the list, by name or id')
    .option('--only <ids>', 'only these checks, with commas between')
    .option('--facts <file>', 'judge recorded facts instead of looking')
    .option(
      '--administrator',
      'look as administrator: asks for the password of sudo where it needs one, and changes nothing',
      false,
    )
    .option('--json', 'one JSON document', false)
    .action(async (options) => {
      const { check } = await import('./check-command.ts');
      done(await check(place(), options, terminal));
    });

  program
    .command('facts')
    .description('collect what is there without judging; secrets are removed')
    .option('--node <name>', 'a node of the list, by name or id')
    .option('--record <file>', 'keep them in a file for check --facts')
    .option('--json', 'one JSON document', false)
    .action(async (options) => {
      const { facts } = await import('./facts-command.ts');
      done(await facts(place(), options, terminal));
    });

  addAuditCommands(program, place, terminal, done);
  addFirewallCommands(program, place, terminal, done);
  addFixCommands(program, place, terminal, done);
  addPauseCommand(program, place, terminal, done);
  addIncidentCommands(program, place, terminal, done);
  addRotateCommand(program, place, terminal, done);
  addDetectionCommands(program, terminal, done);
  addDependencyCommands(program, place, terminal, done);
  addDependencyFileCommands(program, place, terminal, done);

  program
    .command('verify')
    .description('prove that the record of what this console did is whole')
    .option('--checkpoint <file>', 'compare with a checkpoint that was kept elsewhere')
    .option('--save-checkpoint <file>', 'write the newest checkpoint, to be kept elsewhere')
    .option('--new-key <reason>', 'go on with a new key, when the former one is gone')
    .option('--json', 'one JSON document', false)
    .action(async (options) => {
      const { verify } = await import('./verify-command.ts');
      done(await verify(place(), options, terminal));
    });

  addBackupCommands(program, place, terminal, done);

  const node = program.command('node').description('the list of nodes');
  node
    .command('list')
    .option('--json', 'one JSON document', false)
    .action(async ({ json }) => done(await (await nodes()).listNodes(place(), json, terminal)));
  node
    .command('show')
    .argument('<name>', 'name or id')
    .option('--json', 'one JSON document', false)
    .action(async (name, { json }) => done(await (await nodes()).showNode(place(), name, json, terminal)));
  node
    .command('add')
    .description('add this computer, or a machine reached over SSH')
    .option('--local', 'this computer', false)
    .option('--ssh <address>', '[user@]host[:port]')
    .option('--name <name>', 'how the node is called in sentences')
    .option('--identity <file>', "private key file; OpenSSH's own choice when left out")
    .option('--fingerprint <hash>', 'SHA256:… of the host key to trust, for scripts')
    .option('--json', 'one JSON document', false)
    .action(async (options) => done(await (await nodes()).addNode(place(), options, terminal)));
  const found = () => import('./node-found-command.ts');
  node
    .command('find')
    .description('machines that announce themselves as nodes on your network; 1 when one is not in the list')
    .option('--json', 'one JSON document', false)
    .action(async ({ json }) => done(await (await found()).findNodes(place(), json, terminal)));
  node
    .command('import')
    .description('hosts of ~/.ssh/config: all are listed, those that are named are added')
    .argument('[names...]', 'as their Host lines call them')
    .option('--fingerprint <hash>', 'SHA256:… of the host key to trust, for scripts')
    .option('--json', 'one JSON document', false)
    .action(async (names, options) =>
      done(await (await found()).importNodes(place(), names, options, terminal)),
    );
  node
    .command('remove')
    .description('forget a node and its findings; the machine itself is not touched')
    .argument('<name>', 'name or id')
    .option('--json', 'one JSON document', false)
    .action(async (name, { json }) => done(await (await nodes()).removeNode(place(), name, json, terminal)));

  program
    .command('serve')
    .description(
      'serve the console to a browser of this computer: --port N, --socket FILE, --headless, --sample',
    )
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options, command: Command) => {
      const folder = program.getOptionValueSource('dataDir') === 'cli' ? place().dataFolder : null;
      const { serve } = await import('./serve-command.ts');
      done(await serve([...(folder === null ? [] : ['--data-dir', folder]), ...command.args]));
    });
  return program;
}

/** Says what went wrong on standard error, and with --json as the one document too. */
async function explain(error: unknown, json: boolean, terminal: Terminal): Promise<number> {
  const { exitCode, message, next } = await wordsOf(error);
  terminal.error.write(`${visible(message)}\n${next === '' ? '' : `${visible(next)}\n`}`);
  if (json && exitCode !== EXIT.usage) terminal.out.write(asJson({ error: { message, next } }));
  return exitCode;
}

async function wordsOf(error: unknown): Promise<{ exitCode: number; message: string; next: string }> {
  if (error instanceof CommandFailure) return error;
  const [{ ORPCError }, { errorData }] = await Promise.all([
    import('@orpc/client'),
    import('#shared/contract/errors.ts'),
  ]);
  if (error instanceof ORPCError) {
    const data = errorData.safeParse(error.data);
    const next = data.success ? `${data.data.untouched} ${data.data.next}`.trim() : '';
    return { exitCode: EXIT.couldNot, message: error.message, next };
  }
  const message = error instanceof Error ? error.message : 'Something went wrong.';
  return { exitCode: EXIT.couldNot, message, next: '' };
}

/** Commander repeats in its errors what was typed. */
function visibleKeepingLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
