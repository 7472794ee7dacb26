import type { MessageEvent as PortEvent } from 'electron';
import type { ErrorLog } from '#core/api/caller.ts';
import { reachConsole } from '#core/api/running-console.ts';
import { createConsole } from '#core/console/create-console.ts';
import { QuestionDesk } from '#core/console/question-desk.ts';
import type { ConsoleService } from '#core/console/service.ts';
import { defaultDataFolder, prepareDataFolder } from '#core/store/data-folder.ts';
import { StoreError } from '#core/store/store-error.ts';
import { type FromCore, type ToCore, toCore } from './control.ts';
import { CoreConsent } from './core-consent.ts';
import { CoreDesk, type StartablePort } from './core-desk.ts';
import { CorePrint } from './core-print.ts';
import { plainText } from './plain-text.ts';

// The entry of the core's own process (Electron: utilityProcess). Only the main process can speak to it here.

/** A core that was killed gives its folder free a moment later: waits before it counts as taken, in milliseconds. */
const WAIT_FOR_FOLDER_MS = [200, 800, 2_000] as const;
/** Exit codes of this process, for its log; what they mean for the operator is told in words. */
const EXIT = { fine: 0, cannot: 2 } as const;

const tell = (message: FromCore) => process.parentPort.postMessage(message);
const log: ErrorLog = {
  error(what, error) {
    const said =
      error instanceof Error ? (error.stack ?? error.message) : error === undefined ? '' : String(error);
    process.stderr.write(`swarmkeep core: ${what}${said === '' ? '' : `: ${said}`}\n`);
  },
};
const consent = new CoreConsent(tell);
const questions = new QuestionDesk(consent, 'window');
const printing = new CorePrint(tell);
let desk: CoreDesk | null = null;

process.parentPort.on('message', (event: PortEvent) => {
  const parsed = toCore.safeParse(event.data);
  if (!parsed.success) return log.error('A message of the main process is not as agreed', undefined);
  const message = parsed.data;
  switch (message.kind) {
    case 'start':
      start(message).catch(cannot);
      break;
    case 'page': {
      const [port] = event.ports as StartablePort[];
      if (port !== undefined) desk?.servePage(port);
      break;
    }
    case 'look-now':
      void desk?.lookNow();
      break;
    case 'consent':
      consent.answer(message.id, message.given);
      break;
    case 'printed':
      printing.answer(message.id, message.pdf);
      break;
    case 'stop':
      void stop();
      break;
  }
});

async function start(given: Extract<ToCore, { kind: 'start' }>): Promise<void> {
  const dataFolder = prepareDataFolder(given.dataFolder ?? defaultDataFolder());
  const service = await openConsole(given, dataFolder);
  const opened = new CoreDesk({ service, consent, questions, dataFolder, tell, log });
  await opened.open();
  desk = opened;
  tell({ kind: 'ready' });
}

async function openConsole(
  { version, sample }: Extract<ToCore, { kind: 'start' }>,
  dataFolder: string,
): Promise<ConsoleService> {
  // One that only watches in the background gives the records to the window.
  await (await reachConsole(dataFolder))?.standDown();
  const open = () =>
    createConsole({
      dataFolder,
      shell: 'desktop',
      version,
      consent: questions,
      sample,
      watching: true,
      printPage: (page) => printing.print(page),
    });
  for (const wait of WAIT_FOR_FOLDER_MS) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof StoreError) || error.kind !== 'owned') throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return open();
}

/** The console cannot run as things are: say why, in words, and end. */
function cannot(error: unknown): void {
  log.error('The console could not be opened', error);
  const message =
    error instanceof StoreError
      ? `${error.message} ${error.untouched} ${error.next}`
      : 'The console could not be opened. Nothing was changed. Its log says more.';
  tell({ kind: 'cannot', message: plainText(message, 1_024) });
  // A message that was just posted is lost when the process ends at once.
  setTimeout(() => process.exit(EXIT.cannot), 100);
}

async function stop(): Promise<void> {
  printing.refuseAll();
  try {
    await desk?.close();
  } catch (error) {
    log.error('The console did not close as it should', error);
  }
  process.exit(EXIT.fine);
}
