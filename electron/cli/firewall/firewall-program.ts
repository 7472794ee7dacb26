import type { Command } from 'commander';
import type { Place } from '../check-command.ts';
import type { Terminal } from '../terminal.ts';

function gathered(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

const RULES =
  'a listing: nft -j list ruleset, iptables-save or ip6tables-save; ip:FILE or ip6:FILE names the family of a save';

/**
 * Adds `firewall explain` and `firewall prove` to the command line. What they need is loaded when they run.
 * @param done takes the exit code
 */
export function addFirewallCommands(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  const firewall = program
    .command('firewall')
    .description('what packet rules let through: of this computer, or of listings in files');
  firewall
    .command('explain')
    .description('follow packets through the rules, as the first of a new connection')
    .option('--ruleset <file>', `${RULES}; may be given several times`, gathered, [])
    .option('--uid <account>', 'who sends: a number; without --ruleset a name of this machine too')
    .option('--gid <number>', 'the group of who sends')
    .option('--from <address>', 'source; without --uid the packet comes in')
    .option('--to <address>', 'destination')
    .option('--proto <name>', 'tcp, udp, icmp, another name, or a number')
    .option('--port <number>', 'destination port')
    .option('--sport <number>', 'source port')
    .option('--icmp-type <number>', 'an echo request when left out')
    .option('--dev <interface>', 'by which it goes out or comes in')
    .option('--packets <file>', 'one packet as JSON on each line, with the same names')
    .option('--json', 'one JSON document: a list with an entry for each packet', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 the fate of every packet is told, whatever it is, 2 that of a packet is unknown, 64 wrong usage.',
    )
    .action(async (options) => {
      const { explain } = await import('./explain.ts');
      done(await explain(place(), options, terminal));
    });
  firewall
    .command('prove')
    .description(
      'prove that nothing gets out to a public address, over all packets, or show a packet that does',
    )
    .option(
      '--uid <accounts>',
      '1001 or 100000-165535, without --ruleset a name of this machine too; those of the agent when left out',
      gathered,
      [],
    )
    .option('--ruleset <file>', `${RULES}; may be given several times`, gathered, [])
    .option(
      '--check <proof>',
      'check a proof that was made before, with a program that shares nothing with the prover',
    )
    .option('--json', 'one JSON document', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 proven, 1 a packet gets out (or the proof is refused), 2 it cannot be told, 64 wrong usage.\nPrograms that pass data on, such as a resolver, are listed and do not count here: check --only outbound-firewall.\nWhat comes in is not asked here; check --only service-bindings tells that by the prover alone, no checker goes over it.',
    )
    .action(async (options) => {
      const { prove } = await import('./prove.ts');
      done(await prove(place(), options, terminal));
    });
}
