import { z } from 'zod';

/**
 * How a tab of the web shell gets in. The link that the terminal prints is `http://127.0.0.1:PORT/#code=…`. The page
 * takes the code out of the address, posts it to {@link SESSION_PATH} and keeps the token of the answer in
 * `sessionStorage`; the browser keeps the cookie. Every call needs both: cookies ignore ports, the token does not.
 */

/** Where procedures are called: `POST /rpc/nodes/list`. */
export const RPC_PREFIX = '/rpc';

/** `POST` a {@link sessionRequest}, get a {@link sessionAnswer}. */
export const SESSION_PATH = '/session';

/** `POST {}` with cookie and token ends the session at once. */
export const SESSION_END_PATH = '/session/end';

/** Request header that carries the token of the tab. */
export const TOKEN_HEADER = 'x-swarmkeep-token';

/** 256 bits in base64url (RFC 4648 section 5), without padding. */
export const secretText = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const sessionRequest = z.object({ code: secretText });
export type SessionRequest = z.infer<typeof sessionRequest>;

export const sessionAnswer = z.object({
  token: secretText,
  /** When the session ends, used or not. */
  endsAt: z.iso.datetime({ offset: false }),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

/** Reads the one-time code from the fragment of the address, e.g. `#code=…`; null when there is none. */
export function codeFromFragment(fragment: string): string | null {
  const code = new URLSearchParams(fragment.replace(/^#/, '')).get('code');
  return secretText.safeParse(code).success ? code : null;
}
