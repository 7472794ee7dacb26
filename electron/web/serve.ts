import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorLog } from '#core/api/caller.ts';
import { createDirectClient } from '#core/api/direct-client.ts';
import { type LocalSocket, serveLocalSocket } from '#core/api/local-socket.ts';
import { createApi } from '#core/api/router.ts';
import { type RunningConsole, reachConsole } from '#core/api/running-console.ts';
import { createConsole } from '#core/console/create-console.ts';
import { QuestionDesk } from '#core/console/question-desk.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { openStore } from '#core/store/open-store.ts';
import type { Store } from '#core/store/store.ts';
import { StoreError } from '#core/store/store-error.ts';
import { addSample, lookAtSample, pageDrawn, rehearse } from './first-answers.ts';
import type { Listen } from './hardened-server.ts';
import { openBrowser } from './open-browser.ts';
import { readPageFiles } from './page-files.ts';
import { terminalConsent } from './terminal-consent.ts';
import { startWebShell, type WebShell, type WebShellOptions } from './web-shell.ts';

/**
 * The port when none is asked for: fixed, so that an `ssh -L` line can be kept; below the ports that Linux gives to
 * outgoing connections (32768 and up), so that it is rarely taken. The next nine are tried, then any free one.
 */
export const DEFAULT_PORT = 17_890;
const NEXT_PORTS = 9;

export interface ServeOptions {
  /** Made (0700) when it is not there. */
  dataFolder: string;
  version: string;
  /** Exactly this port, or an error; {@link DEFAULT_PORT} and its neighbours when left out. 0 is any free one. */
  port?: number | undefined;
  /** Listen on this 0600 socket instead; `port` is then where the tunnel ends on the operator's computer. */
  socket?: string | undefined;
  /** Open no browser. */
  headless: boolean;
  /** Add the sample node and look at it. */
  sample: boolean;
  /** The records, when they are being opened already; closed again when another console turns out to run. */
  store?: Promise<Store> | undefined;
  /** The built page; found beside this program when left out. */
  pageFolder?: string | undefined;
  /** The one line for programs. */
  say(line: string): void;
  /** Everything else. */
  note(line: string): void;
  log: ErrorLog;
}

export interface Serving {
  /** False when another console runs with these records: its fresh link was printed and there is nothing to close. */
  running: boolean;
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE: Serving = { running: false, close: async () => undefined };

/**
 * Starts the console with the web shell, or leads to the one that runs with the same records. Prints exactly one line
 * `Swarmkeep is ready: <link>` when it is ready.
 * @throws Error or StoreError with words that can be shown: port taken, page not built, records unusable
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const dataFolder = prepareDataFolder(options.dataFolder);
  const already = await reachConsole(dataFolder);
  const tookOver = already !== null && (await already.standDown());
  if (tookOver) options.note('Swarmkeep was watching in the background; this one watches now.');
  if (already !== null && !tookOver) {
    await options.store?.then(
      (store) => store.close(),
      () => undefined,
    );
    return leadTo(already, options, dataFolder);
  }
  const page = readPageFiles(options.pageFolder ?? builtPage());
  const pageCame = Promise.withResolvers<void>();
  const consent = new QuestionDesk(terminalConsent(process.stdin, process.stderr), 'terminal');
  let service: Awaited<ReturnType<typeof createConsole>>;
  try {
    service = await createConsole({
      watching: true,
      watchFrom: pageDrawn(pageCame.promise),
      dataFolder,
      shell: 'web',
      version: options.version,
      consent,
      store: tookOver ? openAgain(options, dataFolder) : options.store,
    });
  } catch (error) {
    // Two that start at the same moment: the other one has the records and will answer in a moment.
    const other = isOwned(error) ? await soon(() => reachConsole(dataFolder)) : null;
    if (other === null) throw error;
    return leadTo(other, options, dataFolder);
  }
  const api = createApi({ service, consent, log: options.log });
  let shell: WebShell | null = null;
  let socket: LocalSocket | null = null;
  const closing = new AbortController();
  const close = async () => {
    closing.abort();
    api.close();
    await shell?.close();
    await socket?.close();
    await service.close();
  };
  try {
    const client = createDirectClient(api, { kind: 'operator-terminal', client: 'serve' });
    const sample = options.sample ? await addSample(client) : null;
    const web = await startOnPort({ api, page, log: options.log, onSession: pageCame.resolve }, options);
    shell = web;
    socket = await openSocket(options, dataFolder, api, web, consent);
    announce(web.freshLink(), options, dataFolder);
    const rehearsed = rehearse(client, closing.signal);
    if (sample !== null)
      void rehearsed.then(() => lookAtSample(client, sample, pageCame.promise, closing.signal));
    return { running: true, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What was begun to be opened has most likely met the one that watched in the background. */
async function openAgain({ store }: ServeOptions, dataFolder: string): Promise<Store> {
  const begun = await store?.catch(() => null);
  return begun ?? openStore({ dataFolder, thread: true });
}

/** The console works without it; a second start and commands that need its state do not, and say so. */
async function openSocket(
  options: ServeOptions,
  dataFolder: string,
  api: ReturnType<typeof createApi>,
  web: WebShell,
  questions: QuestionDesk,
): Promise<LocalSocket | null> {
  if (process.platform === 'win32') return null;
  const admin = { freshLink: async () => web.freshLink(), showWindow: async () => false };
  try {
    return await serveLocalSocket({ api, dataFolder, admin, questions, log: options.log });
  } catch (error) {
    options.note(`Commands cannot reach this console: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

async function leadTo(running: RunningConsole, options: ServeOptions, dataFolder: string): Promise<Serving> {
  // `--sample` holds for a console that runs already, too.
  if (options.sample) {
    const { id, added } = await addSample(running.client);
    if (added) await running.client.looks.start({ nodes: [id] });
  }
  const link = await running.freshLink();
  if (link === null) {
    const shown = await running.showWindow();
    options.note(
      shown
        ? 'Swarmkeep runs already as a desktop app; its window is in front now.'
        : 'Swarmkeep runs already with these records and has no window to show.',
    );
    return NOTHING_TO_CLOSE;
  }
  options.note('Swarmkeep runs already with these records; this is a fresh link to it.');
  announce(link, options, dataFolder);
  return NOTHING_TO_CLOSE;
}

function announce(link: string, options: ServeOptions, dataFolder: string): void {
  if (!options.headless) {
    const opened = openBrowser({ dataFolder, link });
    if (!opened.opened) options.note(opened.why);
  }
  options.say(`Swarmkeep is ready: ${link}`);
  options.note('The link works once and for two minutes; start again for a fresh one.');
  const { port } = new URL(link);
  options.note(
    `From another computer: ssh -L ${port}:${options.socket ?? `127.0.0.1:${port}`} <user>@<this computer>`,
  );
}

async function startOnPort(shell: Omit<WebShellOptions, 'listen'>, options: ServeOptions): Promise<WebShell> {
  if (options.socket !== undefined) {
    const listen: Listen = { kind: 'socket', path: options.socket, port: options.port ?? DEFAULT_PORT };
    return startWebShell({ ...shell, listen });
  }
  const asked = options.port;
  const ports =
    asked === undefined
      ? [...Array.from({ length: NEXT_PORTS + 1 }, (_, index) => DEFAULT_PORT + index), 0]
      : [asked];
  for (const port of ports) {
    try {
      const started = await startWebShell({ ...shell, listen: { kind: 'port', port } });
      if (asked === undefined && port !== DEFAULT_PORT) {
        options.note(`Port ${DEFAULT_PORT} is taken on this computer; ${started.port} is used instead.`);
      }
      return started;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (asked !== undefined && code === 'EADDRINUSE') {
        throw new Error(`Port ${asked} is taken on this computer. Choose another with --port.`);
      }
      if (asked !== undefined && code === 'EACCES') {
        throw new Error(`Port ${asked} may not be used by this account. Choose one above 1023 with --port.`);
      }
      if (code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('No port is free on this computer.');
}

function isOwned(error: unknown): boolean {
  return error instanceof StoreError && error.kind === 'owned';
}

/** Tries for three seconds. */
async function soon<T>(attempt: () => Promise<T | null>): Promise<T | null> {
  for (let tries = 0; tries < 15; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const found = await attempt();
    if (found !== null) return found;
  }
  return null;
}

/** `dist/renderer`, seen from `dist/web/main.js` or `dist/chunks/…` and from the source. */
function builtPage(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [join(here, '..', 'renderer'), join(here, '..', '..', 'dist', 'renderer')];
  return places.find((place) => existsSync(join(place, 'index.html'))) ?? (places[0] as string);
}
