import { CODE_PARAMETER, SESSION_PATH } from '#shared/contract/web-shell.ts';

/** A one-time code is 256 bits in base64url (43 characters); anything far from that is not sent anywhere. */
const CODE = /^[A-Za-z0-9_-]{20,128}$/;
const TOKEN = /^[\x21-\x7e]{16,512}$/;

/** What the address of the page said about a link. */
export type LinkInAddress = { kind: 'none' } | { kind: 'code'; code: string } | { kind: 'malformed' };

/**
 * Take the one-time code out of the address and clear it at once, so that neither history nor a screenshot keeps it.
 * @param location only its parts are read
 * @param history its present entry is replaced
 */
export function takeCode(
  location: Pick<Location, 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'replaceState'>,
): LinkInAddress {
  const code = new URLSearchParams(location.hash.slice(1)).get(CODE_PARAMETER);
  if (code === null) return { kind: 'none' };
  history.replaceState(null, '', location.pathname + location.search);
  return CODE.test(code) ? { kind: 'code', code } : { kind: 'malformed' };
}

/**
 * Exchange a one-time code for the tab's token.
 * @returns the token, or null when the shell refused the code or answered with something else
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
  const body: unknown = await answer.json().catch(() => null);
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : null;
  return typeof token === 'string' && TOKEN.test(token) ? token : null;
}
