/**
 * What the loopback web shell and the page that it serves agree on. Plain constants without a schema, so that the
 * page can import them without carrying a validator.
 */

/** Where the procedures are: `POST /rpc/<group>/<procedure>`, same origin. */
export const RPC_PATH = '/rpc';

/** `POST` with `{ "code": "…" }`: exchanges the one-time code for a session. The answer is {@link SessionAnswer}. */
export const SESSION_PATH = '/session';

/** The fragment of the one-time link: `/#code=…`. A fragment never leaves the browser. */
export const CODE_PARAMETER = 'code';

/** Header that carries the tab's own token on every call, since a cookie alone does not know its port. */
export const TOKEN_HEADER = 'X-Swarmkeep-Token';

/** Key in the tab's sessionStorage under which the token is kept. */
export const TOKEN_STORAGE_KEY = 'swarmkeep-token';

/** Name of the `<meta>` element whose `content` is the style nonce of this answer (for Radix, through get-nonce). */
export const NONCE_META = 'csp-nonce';

/** Answer of {@link SESSION_PATH}; the cookie comes with it. */
export interface SessionAnswer {
  token: string;
}
