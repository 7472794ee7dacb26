import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { SaveOutcome, TextFile } from '#shared/contract/bridge.ts';
import { RPC_PATH, TOKEN_HEADER, TOKEN_STORAGE_KEY } from '#shared/contract/web-shell.ts';
import { exchangeCode, takeCode } from './one-time-code.ts';
import { SessionMissing } from './session-missing.ts';
import { type Client, Connection, type Transport } from './transport.ts';

/** The token of this tab: from a fresh link, else from before a reload, else none (and the connection says so). */
async function openSession(connection: Connection): Promise<string | null> {
  const link = takeCode(window.location, window.history);
  if (link.kind === 'code') {
    const token = await exchangeCode(link.code, window.fetch.bind(window)).catch(() => null);
    if (token !== null) {
      window.sessionStorage.setItem(TOKEN_STORAGE_KEY, token);
      return token;
    }
  }
  // A link opened twice in the same tab must not throw away a session that still holds.
  const kept = window.sessionStorage.getItem(TOKEN_STORAGE_KEY);
  if (kept === null) connection.refused(link.kind === 'none' ? 'no-link' : 'link-refused');
  return kept;
}

/**
 * The transport over HTTP on loopback: calls to the page's own origin with the session cookie and the tab's token.
 * @returns the transport; calls wait until the one-time code has been exchanged
 */
export function webTransport(): Transport {
  const connection = new Connection();
  const session = openSession(connection);

  const link = new RPCLink({
    url: new URL(RPC_PATH, window.location.origin).href,
    headers: async () => ({ [TOKEN_HEADER]: (await session) ?? '' }),
    fetch: async (request, init) => {
      if ((await session) === null) throw new SessionMissing();
      const answer = await window.fetch(request, { ...init, credentials: 'same-origin' }).catch((error) => {
        if (!request.signal.aborted) connection.lost();
        throw error;
      });
      if (answer.status === 401) {
        window.sessionStorage.removeItem(TOKEN_STORAGE_KEY);
        connection.refused('ended');
      } else {
        connection.opened();
      }
      return answer;
    },
  });
  return {
    shell: 'web',
    client: createORPCClient<Client>(link),
    connection,
    saveText: async (file) => download(file),
    onOpenPage: () => () => undefined,
  };
}

/** Hand a text to the browser as a download. */
function download(file: TextFile): SaveOutcome {
  const address = URL.createObjectURL(new Blob([file.text], { type: file.mediaType }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = file.fileName;
  anchor.click();
  // The browser reads the blob after this turn; a minute is ample and frees it again.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return { saved: true };
}
