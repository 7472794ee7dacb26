import type { Command } from 'commander';
import type { Place } from '../check-command.ts';
import type { Terminal } from '../terminal.ts';

const CODES =
  '\nExit codes: 0 proven, or nothing is open; 1 one is open, or not all is proven; 2 it did not work; 64 wrong usage.';

/**
 * Adds `incident` with its verbs, and `hunt`.
 * @param done takes the exit code
 */
export function addIncidentCommands(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  const load = () => import('./incident-command.ts');
  const incident = program
    .command('incident')
    .description('when something is wrong: step by step from shutting a node off to opening it again')
    .addHelpText('after', CODES);
  const verb = (name: string, description: string) =>
    incident.command(name).description(description).option('--json', 'one JSON document', false);
  const ofOne = (name: string, description: string) =>
    verb(name, description).option(
      '--incident <number>',
      'which one, by its number or its node; needed when several are open',
    );

  verb('start', 'open one; nothing is changed on any node')
    .option('--node <name>', 'the node it is about')
    .option('--name <name>', 'what it is about, when that is no node of the list')
    .option('--kind <kind>', 'which playbook: destructive-command, exfiltration, rogue-node, …')
    .option('--alert <id>', 'fill it in from an alert')
    .option('--seen <words>', 'what was seen')
    .option('--since <time>', 'since when; now when left out')
    .action(async (options) => done(await (await load()).start(place(), options, terminal)));
  ofOne('status', 'how it stands and what comes next; 1 when one is open').action(async (options) =>
    done(await (await load()).status(place(), options, terminal)),
  );
  for (const [name, description] of [
    ['isolate', 'shut the node off: shows what will happen, asks, does it, says what is proven'],
    ['preserve', 'keep the evidence of the node in one archive on this computer'],
    ['release', 'open the node again, its peers last'],
  ] as const) {
    const command = ofOne(name, description)
      .option('--dry-run', 'show the plan and change nothing', false)
      .option('--yes', 'agree without being asked', false);
    if (name === 'release')
      command.option(
        '--without-node',
        'let it go although it does not answer: its peers take its packets again, and it has to be set up anew',
        false,
      );
    if (name === 'isolate')
      command.option('--scope <scope>', 'node: all of it; agent: only mycoSwarm', 'node');
    command.action(async (options) => done(await (await load()).step(place(), name, options, terminal)));
  }
  ofOne('investigate', 'compare the files of the node, or ask every node for one thing')
    .option('--since-start', 'what changed since the incident began, where there is no baseline', false)
    .option('--hash <sha256>', 'ask every node for a file')
    .option('--path <path>', 'ask every node for a path')
    .option('--destination <address>', 'ask every node for an address or a name')
    .action(async ({ sinceStart, hash, path, destination, ...options }) => {
      const { huntQueryOf } = await import('./hunt-command.ts');
      const hunts = hash !== undefined || path !== undefined || destination !== undefined;
      const order = hunts
        ? { hunt: { step: 'hunt' as const, query: huntQueryOf({ hash, path, destination }) } }
        : {};
      done(await (await load()).investigate(place(), { ...options, since: sinceStart, ...order }, terminal));
    });
  ofOne('report', 'write what was recorded of it to a file')
    .option('--format <format>', 'html, markdown, pdf, or csv for its timeline', 'html')
    .requiredOption('--output <file>', 'where to; a file that is there already is not replaced')
    .action(async (options) => {
      const { report } = await import('./report-command.ts');
      done(await report(place(), options, terminal));
    });
  const numbered = (name: string, description: string) =>
    verb(name, description).argument('[incident]', 'its number or its node; needed when several are open');
  numbered(
    'rebuild',
    'make the kit with which its node is set up anew, and know it again by its code afterwards',
  )
    .option('--node <name>', 'the node, so that no other one is meant by mistake')
    .option('--out <folder>', 'where the kit goes; files that are there already are not replaced')
    .option('--host-name <name>', 'name of the machine; as before when left out')
    .option('--account <name>', 'by which account you log in; as before when left out')
    .option('--key <file>', 'public key that may log in; may be given again', (file, all: string[] = []) => [
      ...all,
      file,
    ])
    .option('--code <code>', 'the code of its new host key, as its own screen shows it')
    .action(async (incident, options) => {
      const { rebuild } = await import('./rebuild-command.ts');
      done(await rebuild(place(), { ...options, incident }, terminal));
    });
  numbered('rejoin', 'ask the gate before its node works with the others again')
    .option('--dry-run', 'only say what is met and what is not', false)
    .option(
      '--although <reason>',
      'let it in although not everything is met; asks first, and stays on the record',
    )
    .option('--yes', 'agree without being asked', false)
    .action(async (incident, options) => {
      const { rejoin } = await import('./rebuild-command.ts');
      done(await rejoin(place(), { ...options, incident }, terminal));
    });
  numbered('follow-up', 'what incidents asked to be changed; 1 when something is left')
    .option('--words <words>', 'add what will change')
    .option('--owner <name>', 'who sees to it')
    .option('--due <day>', 'until when, as 2026-12-01')
    .option('--check <id>', 'the control that it belongs to')
    .option('--done <number>', 'tick it off')
    .action(async (incident, options) => {
      const { followUp } = await import('./follow-up-command.ts');
      done(await followUp(place(), { ...options, incident }, terminal));
    });
  ofOne('close', 'end it with a sentence; refused while the node is shut off')
    .requiredOption('--words <words>', 'how it ended')
    .option('--skip-rest', 'write down the steps that are left as skipped, for the same reason', false)
    .option('--false-alarm', 'it was none; what is shut off is released first, without the gate', false)
    .action(async (options) => done(await (await load()).close(place(), options, terminal)));

  program
    .command('hunt')
    .description(
      'ask every node for a file, a path or a destination; 0 no node has it, 1 one has, 2 not all could be seen',
    )
    .option('--hash <sha256>', 'a file, by its SHA-256')
    .option('--path <path>', 'an absolute path; * and ? stand for others within a name')
    .option('--destination <address>', 'an address or a name of a host')
    .option('--json', 'one JSON document', false)
    .action(async (options) => {
      const { hunt } = await import('./hunt-command.ts');
      done(await hunt(place(), options, terminal));
    });
}
