import { APP_HOST, APP_ORIGIN, APP_SCHEME } from '#shared/contract/bridge.ts';

/**
 * Whether an address is one of our own page's. Compared part by part, because `URL.origin` of a scheme that Node.js
 * does not know is the word "null" for every host (WHATWG URL, 4.7), and as text as well, so that two parsers cannot
 * disagree about it.
 * @param address as Chromium reports it; anything that is no string is refused
 */
export function isAppAddress(address: unknown): boolean {
  if (typeof address !== 'string') return false;
  if (address !== APP_ORIGIN && !address.startsWith(`${APP_ORIGIN}/`)) return false;
  const url = URL.parse(address);
  return (
    url !== null &&
    url.protocol === `${APP_SCHEME}:` &&
    url.hostname === APP_HOST &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  );
}
