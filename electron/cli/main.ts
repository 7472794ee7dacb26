import { config } from 'zod';
import { appVersion } from '#core/api/app-version.ts';
import { processTerminal } from './terminal.ts';

// A command reads each form once or twice: compiling code for them takes longer than they do. Forms look at this while they
// are made, so that all that has any is loaded after it.
config({ jitless: true });
const { run } = await import('./program.ts');

// A reader that has seen enough (`| head`) is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await run(process.argv.slice(2), appVersion(), processTerminal());
// Not before a slow pipe has taken everything.
process.stdout.write('', () => process.exit(code));
