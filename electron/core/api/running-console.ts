import { lstatSync } from 'node:fs';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { z } from 'zod';
import type { ConsentGate } from '#core/console/service.ts';
import { TERMINAL_HEADER } from './command-terminal.ts';
import type { ApiClient } from './direct-client.ts';
import { SOCKET_ADMIN_PREFIX, SOCKET_RPC_PREFIX, socketPathOf } from './local-socket.ts';
import { offerTerminal } from './offer-terminal.ts';
import { unixFetch } from './unix-fetch.ts';

/** A console that runs already, as a command of the same user sees it. */
export interface RunningConsole {
  client: ApiClient;
  /** A fresh one-time link of its web shell; null when it is a desktop console. */
  freshLink(): Promise<string | null>;
  /** Bring its window to the front; false when it has none. */
  showWindow(): Promise<boolean>;
  /** Ask one that only watches in the background for the records; false when it is somebody's own console. */
  standDown(): Promise<boolean>;
  /**
   * Let it ask in the terminal of this command what it asks on behalf of this command's calls.
   * @returns ends that
   */
  offerTerminal(gate: ConsentGate): Promise<() => void>;
}

const linkAnswer = z.object({ url: z.string().max(2_048).nullable() });
const standDownAnswer = z.object({ stoodDown: z.boolean() });
const showAnswer = z.object({ shown: z.boolean() });

/**
 * Milliseconds after which somebody who listens and does not answer counts as no console. Where nobody listens that is known
 * at once; a console on a busy computer may need seconds, and must not be taken for one that is not there.
 */
const ANSWER_WITHIN_MS = 20_000;
/** Milliseconds in which one that watches has stored what it read and closed its records. */
const STAND_DOWN_WITHIN_MS = 30_000;

/**
 * Reaches the console that owns a data folder.
 * @returns null when none runs there, or when the socket belongs to somebody else
 */
export async function reachConsole(dataFolder: string): Promise<RunningConsole | null> {
  const path = socketPathOf(dataFolder);
  if (!isOurs(path)) return null;
  const fetch = unixFetch(path);
  const post = (procedure: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
    fetch(
      new Request(`http://localhost${SOCKET_ADMIN_PREFIX}/${procedure}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
    );
  const ask = async (procedure: string, signal?: AbortSignal): Promise<unknown> =>
    (await post(procedure, {}, signal)).json();
  let terminal: string | null = null;
  const client = createORPCClient<ApiClient>(
    new RPCLink({
      url: `http://localhost${SOCKET_RPC_PREFIX}`,
      headers: () => (terminal === null ? {} : { [TERMINAL_HEADER]: terminal }),
      fetch,
    }),
  );
  try {
    await client.system.about(undefined, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch {
    return null;
  }
  return {
    client,
    freshLink: async () => linkAnswer.parse(await ask('link')).url,
    showWindow: async () => showAnswer.parse(await ask('show')).shown,
    async offerTerminal(gate) {
      const offered = await offerTerminal(post, gate);
      if (offered === null) return () => undefined;
      terminal = offered.terminal;
      return offered.end;
    },
    async standDown() {
      try {
        return standDownAnswer.parse(await ask('stand-down', AbortSignal.timeout(STAND_DOWN_WITHIN_MS)))
          .stoodDown;
      } catch {
        // One of an earlier version knows nothing of it; or it has ended meanwhile, which is seen when the records are opened.
        return false;
      }
    },
  };
}

/** A socket that another user put there would hear our questions and answer with lies. */
function isOurs(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isSocket() && stat.uid === process.getuid?.();
  } catch {
    return false;
  }
}
