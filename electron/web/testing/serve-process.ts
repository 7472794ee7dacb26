import { serve } from '../serve.ts';

/** The program of the web shell for tests: `serve-process.ts DATA_FOLDER PAGE_FOLDER [PORT]`. */
const [, , dataFolder = '', pageFolder = '', port] = process.argv;

try {
  const serving = await serve({
    dataFolder,
    pageFolder,
    version: '0.0.0-test',
    headless: true,
    sample: false,
    ...(port !== undefined && { port: Number(port) }),
    say: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    log: { error: (what, error) => process.stderr.write(`${what} ${String(error)}\n`) },
  });
  if (!serving.running) process.exit(0);
  process.on('SIGTERM', () => void serving.close().then(() => process.exit(0)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(2);
}
