import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { SaveOutcome, TextFile } from '#shared/contract/bridge.ts';
import { RPC_PATH, TOKEN_HEADER, TOKEN_STORAGE_KEY } from '#shared/contract/web-shell.ts';
import { SessionMissing } from './session-missing.ts';
import { type Client, Connection, type Transport } from './transport.ts';
import { early, type WebSession } from './web-session.ts';

/**
 * The transport over HTTP on loopback: calls to the page's own origin with the session cookie and the tab's token.
 * @param session of this tab
 * @returns the transport; calls wait until the one-time code has been exchanged
 */
export function webTransport(session: Promise<WebSession>): Transport {
  const connection = new Connection();
  const token = session.then((opened) => {
    if (opened.token === null) connection.refused(opened.reason);
    return opened.token;
  });

  const ask = (request: Request, init: RequestInit) =>
    window.fetch(request, { ...init, credentials: 'same-origin' }).catch((error) => {
      if (!request.signal.aborted) connection.lost();
      throw error;
    });
  const link = new RPCLink({
    url: new URL(RPC_PATH, window.location.origin).href,
    headers: async () => ({ [TOKEN_HEADER]: (await token) ?? '' }),
    fetch: async (request, init) => {
      if ((await token) === null) throw new SessionMissing();
      const answer = (await early.take(request)) ?? (await ask(request, init));
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
  const content = file.base64
    ? Uint8Array.from(atob(file.text), (letter) => letter.charCodeAt(0))
    : file.text;
  const address = URL.createObjectURL(new Blob([content], { type: file.mediaType }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = file.fileName;
  anchor.click();
  // The browser reads the blob after this turn; a minute is ample and frees it again.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return { saved: true };
}
