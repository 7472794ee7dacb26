import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { SaveOutcome, TextFile } from '#shared/contract/bridge.ts';
import {
  CODE_PARAMETER,
  RPC_PATH,
  SESSION_PATH,
  TOKEN_HEADER,
  TOKEN_STORAGE_KEY,
} from '#shared/contract/web-shell.ts';
import { type Client, Connection, type Transport } from './transport.ts';

/** A one-time code is 256 bits in base64url (43 characters); anything far from that is not sent anywhere. */
const CODE = /^[A-Za-z0-9_-]{20,128}$/;
const TOKEN = /^[\x21-\x7e]{16,512}$/;

/**
 * Take the one-time code out of the address and clear it at once, so that neither history nor a screenshot keeps it.
 * @returns the code, or null when the address carries none
 */
export function takeCode(location: Location, history: History): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get(CODE_PARAMETER);
  if (code === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return CODE.test(code) ? code : null;
}

/**
 * Exchange a one-time code for the tab's token.
 * @returns the token, or null when the shell refused the code
 * @throws TypeError when the shell cannot be reached
 */
export async function exchangeCode(code: string, fetcher: typeof fetch): Promise<string | null> {
  const answer = await fetcher(SESSION_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
  });
  if (!answer.ok) return null;
  const body: unknown = await answer.json();
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : null;
  return typeof token === 'string' && TOKEN.test(token) ? token : null;
}

/** The token of this tab: from a fresh link, else from before a reload, else none (and the connection says so). */
async function openSession(connection: Connection): Promise<string | null> {
  const hadLink = new URLSearchParams(window.location.hash.slice(1)).has(CODE_PARAMETER);
  const code = takeCode(window.location, window.history);
  if (code !== null) {
    const token = await exchangeCode(code, window.fetch.bind(window)).catch(() => null);
    if (token !== null) {
      window.sessionStorage.setItem(TOKEN_STORAGE_KEY, token);
      return token;
    }
  }
  // A link opened twice in the same tab must not throw away a session that still holds.
  const kept = window.sessionStorage.getItem(TOKEN_STORAGE_KEY);
  if (kept === null) connection.refused(hadLink ? 'link-refused' : 'no-link');
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

/** A call that was not made because the tab has no session. */
export class SessionMissing extends Error {
  override readonly name = 'SessionMissing';
  override readonly message = 'This tab has no session.';
}
