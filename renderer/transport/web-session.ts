import { BRIDGE_NAME } from '#shared/contract/bridge.ts';
import { TOKEN_STORAGE_KEY } from '#shared/contract/web-shell.ts';
import { EarlyAnswers } from './early-answers.ts';
import { exchangeCode, takeCode } from './one-time-code.ts';
import type { NoSessionReason } from './transport.ts';

/** The token that this tab shows with every call, or why there is none. */
export type WebSession = { token: string } | { token: null; reason: NoSessionReason };

/** Answers to what every first page asks, on their way before the page itself has been loaded. */
export const early = new EarlyAnswers();

/**
 * The session of this tab. It begins where this file is loaded: the page lets it run by itself, before its own script (see
 * `vite.config.ts`), so that the console answers while the browser still reads that. Never settles in the desktop shell,
 * where nobody waits for it.
 */
export const webSession: Promise<WebSession> =
  BRIDGE_NAME in window ? new Promise(() => undefined) : openSession().then(askEarly);

/** The token from a fresh link, else from before a reload, else none. */
async function openSession(): Promise<WebSession> {
  const link = takeCode(window.location, window.history);
  if (link.kind === 'code') {
    const token = await exchangeCode(link.code, window.fetch.bind(window)).catch(() => null);
    if (token !== null) {
      window.sessionStorage.setItem(TOKEN_STORAGE_KEY, token);
      return { token };
    }
  }
  // A link opened twice in the same tab must not throw away a session that still holds.
  const token = window.sessionStorage.getItem(TOKEN_STORAGE_KEY);
  return token === null ? { token, reason: link.kind === 'none' ? 'no-link' : 'link-refused' } : { token };
}

function askEarly(session: WebSession): WebSession {
  // What is asked early is about all nodes; a page about one of them asks for itself.
  if (session.token !== null && !window.location.hash.includes('?')) {
    early.ask(session.token, window.fetch.bind(window));
  }
  return session;
}
