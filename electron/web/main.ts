import { writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ErrorLog } from '#core/api/caller.ts';
import { defaultDataFolder } from '#core/store/data-folder.ts';
import { openStore } from '#core/store/open-store.ts';
import { StoreError } from '#core/store/store-error.ts';
import { visible } from '#shared/domain/text.ts';

/** The program of the web shell: `swarmkeep serve` and `npm start` without Electron end up here. */
const USAGE = `serve [--port N] [--socket FILE] [--headless] [--background] [--data-dir FOLDER] [--sample]
  --port N           listen on this port of 127.0.0.1 (17890 when it is free)
  --socket FILE      listen on a 0600 Unix socket for ssh -L; --port says where the tunnel ends
  --headless         open no browser
  --background       serve no page: follow logs for as long as no window is open
  --data-dir FOLDER  keep the console's own records there
  --sample           add the sample node and look at it`;

const say = (line: string) => writeSync(1, `${line}\n`);
const note = (line: string) => writeSync(2, `${line}\n`);

function options() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        socket: { type: 'string' },
        headless: { type: 'boolean', default: false },
        background: { type: 'boolean', default: false },
        'data-dir': { type: 'string' },
        sample: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(/^\d{1,5}$/.test(values.port ?? '') && port <= 65_535)) {
      throw new Error('--port takes a number from 0 to 65535');
    }
    if (values.socket !== undefined && !isAbsolute(values.socket)) {
      throw new Error('--socket takes an absolute path');
    }
    return { ...values, port };
  } catch (error) {
    note(error instanceof Error ? error.message : String(error));
    note(USAGE);
    return process.exit(64);
  }
}

const given = options();
if (given.help) {
  say(USAGE);
  process.exit(0);
}

let running: { close(): Promise<void> } | null = null;
let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  // Closing must not hang on a look that does not stop: after five seconds the records are safe anyway (WAL).
  setTimeout(() => process.exit(0), 5_000).unref();
  await running?.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());

// oRPC asks of every body whether it is a form, and to look at Node's own `FormData` loads all of undici: 35 ms within the
// first answer. No form is read or written here. Assigned, for `defineProperty` would look at it as well.
Object.assign(globalThis, { FormData: class FormData {} });

// Beside the packages, where only who may change this program can write; never the shared temporary folder. Where that
// cannot be written, nothing is kept.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/swarmkeep/compiled'));
const dataFolder = given['data-dir'] ?? defaultDataFolder();
const log: ErrorLog = {
  error: (what, error) =>
    note(`${new Date().toISOString()} ${what}${error === undefined ? '' : `\n${stackOf(error)}`}`),
};
await (given.background ? background() : page());

async function background(): Promise<void> {
  try {
    const { appVersion } = await import('#core/api/app-version.ts');
    const { watchInBackground } = await import('./background.ts');
    const watching = watchInBackground({ dataFolder, version: appVersion(), note, log });
    running = watching;
    await watching.ended;
  } catch (error) {
    cannot(error);
  }
}

async function page(): Promise<void> {
  // The thread of the store opens the records while this one loads the rest of the program.
  const store = openStore({ dataFolder, thread: true });
  // Said by serve(), which waits for it.
  store.catch(() => undefined);
  try {
    const { appVersion } = await import('#core/api/app-version.ts');
    const { serve } = await import('./serve.ts');
    const serving = await serve({
      dataFolder,
      store,
      version: appVersion(),
      port: given.port,
      socket: given.socket,
      headless: given.headless,
      sample: given.sample,
      say,
      note,
      log,
    });
    running = serving;
    if (!serving.running) process.exit(0);
  } catch (error) {
    cannot(error);
  }
}

function cannot(error: unknown): never {
  note(error instanceof Error ? visible(error.message) : 'The console could not be started.');
  if (error instanceof StoreError) note(visible(`${error.untouched} ${error.next}`));
  return process.exit(2);
}

/** A stack for the log, in which what a node said cannot play tricks on the terminal. */
function stackOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.split('\n').slice(0, 30).map(visible).join('\n');
}
