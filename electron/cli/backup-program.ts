import type { Command } from 'commander';
import type { Place } from './check-command.ts';
import type { Terminal } from './terminal.ts';

/** The commands that move a whole console to another disk or computer. */
export function addBackupCommands(
  program: Command,
  place: () => Place,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  program
    .command('backup')
    .description('write all records of this console into one encrypted file')
    .argument('<file>', 'the backup; a file that is there is never written over')
    .option('--without-logs', 'leave the events of logs out, which may have gigabytes', false)
    .option(
      '--passphrase-file <file>',
      'read the passphrase from the first line of a file that only you can read',
    )
    .option('--json', 'one JSON document', false)
    .action(async (file, options) => {
      const { backup } = await import('./backup-command.ts');
      done(await cancellable((signal) => backup(place(), file, options, terminal, signal)));
    });

  program
    .command('restore')
    .description('make a backup the console of this computer, and verify it')
    .argument('<file>', 'what swarmkeep backup wrote')
    .option('--replace', 'records that are here are kept beside the new ones, under another name', false)
    .option(
      '--passphrase-file <file>',
      'read the passphrase from the first line of a file that only you can read',
    )
    .option('--json', 'one JSON document', false)
    .action(async (file, options) => {
      const { restore } = await import('./restore-command.ts');
      done(await cancellable((signal) => restore(place(), file, options, terminal, signal)));
    });
}

/** Ctrl+C takes back what was begun, instead of leaving it. */
async function cancellable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, stop);
  try {
    return await work(end.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, stop);
  }
}
