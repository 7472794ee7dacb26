import { watchInBackground } from '../background.ts';

/** The console in the background for tests: `background-process.ts DATA_FOLDER`. */
const [, , dataFolder = ''] = process.argv;
const watching = watchInBackground({
  dataFolder,
  version: '0.0.0-test',
  note: (line) => process.stderr.write(`${line}\n`),
  log: { error: (what, error) => process.stderr.write(`${what} ${String(error)}\n`) },
});
process.on('SIGTERM', () => void watching.close().then(() => process.exit(0)));
await watching.ended;
