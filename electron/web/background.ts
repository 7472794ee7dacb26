import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorLog } from '#core/api/caller.ts';
import { serveLocalSocket } from '#core/api/local-socket.ts';
import { createApi } from '#core/api/router.ts';
import { reachConsole } from '#core/api/running-console.ts';
import { notifyOnDesktop } from '#core/audit/background/desktop-notification.ts';
import { createConsole } from '#core/console/create-console.ts';
import type { ConsentGate } from '#core/console/service.ts';
import { prepareDataFolder } from '#core/store/data-folder.ts';
import { StoreError } from '#core/store/store-error.ts';

/** Milliseconds between looks whether the console that is open has ended. */
const LOOK_MS = 2_000;
/** Milliseconds for the last answers before connections are closed. */
const ANSWER_MS = 250;
/** Milliseconds in which whoever asked for the records takes them. */
const TAKE_MS = 3_000;

export interface BackgroundOptions {
  dataFolder: string;
  version: string;
  /** Said for the journal of the unit. */
  note(line: string): void;
  log: ErrorLog;
}

export interface Background {
  /** Ends with a StoreError when the records cannot be used; `close` ends it without one. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Nobody sits before it: what needs a person's yes waits until somebody opens a window. */
const nobody: ConsentGate = { ask: async () => false };

/**
 * The console without any page: follows logs, looks by the clock and tells on the desktop for as long as nobody has a window open.
 * Whoever opens one gets the records at once and is the console from then on; when that one ends, however it ends, this
 * one goes on. Commands reach it through the local socket.
 */
export function watchInBackground({ dataFolder, version, note, log }: BackgroundOptions): Background {
  const folder = prepareDataFolder(dataFolder);
  const closing = new AbortController();
  let wake = (): void => undefined;

  /** Watches until somebody takes over or it is closed. */
  async function turn(): Promise<void> {
    const service = await createConsole({
      watching: true,
      dataFolder: folder,
      shell: 'web',
      version,
      consent: nobody,
      notify: ({ sentence }) => void notifyOnDesktop(sentence).catch(() => undefined),
    });
    const over = Promise.withResolvers<void>();
    const api = createApi({ service, consent: nobody, log });
    try {
      const socket = await serveLocalSocket({
        api,
        dataFolder: folder,
        log,
        admin: {
          freshLink: async () => null,
          showWindow: async () => false,
          async standDown() {
            // The place is free for the other one's socket before it hears that it may come.
            socket.stopListening();
            await service.close();
            over.resolve();
            return true;
          },
        },
      });
      note('Watching in the background.');
      wake = over.resolve;
      if (!closing.signal.aborted) await over.promise;
      // The answer to whoever asked is on its way.
      await pause(ANSWER_MS);
      api.close();
      await service.close();
      await socket.close();
    } catch (error) {
      api.close();
      await service.close();
      throw error;
    }
  }

  async function run(): Promise<void> {
    let waited = false;
    while (!closing.signal.aborted) {
      try {
        if ((await reachConsole(folder)) === null) {
          await turn();
          if (closing.signal.aborted) return;
          note('Another window of Swarmkeep watches now.');
          waited = true;
          await pause(TAKE_MS, undefined, { signal: closing.signal });
          continue;
        }
      } catch (error) {
        if (closing.signal.aborted) return;
        // A command that takes the records for a moment has no socket.
        if (!(error instanceof StoreError) || error.kind !== 'owned') throw error;
      }
      if (!waited) note('Another window of Swarmkeep watches; waiting until it ends.');
      waited = true;
      await pause(LOOK_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const ended = run().catch((error) => {
    if (!closing.signal.aborted) throw error;
  });
  return {
    ended,
    async close() {
      closing.abort();
      wake();
      await ended.catch(() => undefined);
    },
  };
}
