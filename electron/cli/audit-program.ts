import type { Command } from 'commander';
import type { Place } from './check-command.ts';
import type { Terminal } from './terminal.ts';

/** The commands about what logs say. */
export function addAuditCommands(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('watch')
    .description('show what logs say as it comes, until it is stopped; alerts go to standard error')
    .option('--query <text>', 'only events that a query selects: severity:error User:minotaur "some words"')
    .option('--node <name>', 'only events of a node, by name or id')
    .option('--json', 'one JSON document for each event, a line each', false)
    .action(async (options) => {
      const { watch } = await import('./watch-command.ts');
      done(await untilStopped((signal) => watch(place(), options, terminal, signal)));
    });

  program
    .command('background')
    .description('watch logs while no window is open: a unit of your account that starts with your login')
    .argument('[on|off]', 'switch it; how it stands when left out')
    .option('--json', 'one JSON document', false)
    .action(async (wanted, options) => {
      const { background } = await import('./background-command.ts');
      done(await background(place(), wanted, options, terminal));
    });

  program
    .command('ingest')
    .description('read log files once, as if they had been followed; packed with gzip or zstd too')
    .argument('<files...>', 'files of this computer')
    .option('--format <name>', 'how their lines are read; found out when left out')
    .option('--node <name>', 'the node that they are of, by name or id; this computer when left out')
    .option('--json', 'one JSON document', false)
    .action(async (files, options) => {
      const { ingest } = await import('./ingest-command.ts');
      done(await untilStopped((signal) => ingest(place(), files, options, terminal, signal)));
    });
}

/** Does what a signal ends: by itself, so that what was stored is closed well. */
async function untilStopped(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  try {
    return await work(end.signal);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, stop);
  }
}
