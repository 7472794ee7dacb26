import { appVersion } from '#core/api/app-version.ts';
import { run } from './program.ts';
import { processTerminal } from './terminal.ts';

// A reader that has seen enough (`| head`) is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await run(process.argv.slice(2), appVersion(), processTerminal());
// Not before a slow pipe has taken everything.
process.stdout.write('', () => process.exit(code));
