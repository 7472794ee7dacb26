import { shell } from 'electron';

/**
 * Sites that may be opened in the operator's browser: the homes of what the console explains, and nothing that takes
 * data. Exact host names; a new one is a decision, not a convenience.
 */
export const EXTERNAL_HOSTS: ReadonlySet<string> = new Set([
  'docs.ollama.com',
  'github.com',
  'man7.org',
  'manpages.debian.org',
  'manpages.ubuntu.com',
  'nvd.nist.gov',
  'osv.dev',
  'www.freedesktop.org',
  'www.rfc-editor.org',
]);

/** Longest address that is looked at, in UTF-16 units. */
const LONGEST = 2_048;

/** No spaces, controls, backslashes or letters beyond ASCII: what parsers read in different ways. */
const PRINTABLE = /^[!-[\]-~]+$/;

/**
 * @param address anything; Electron security checklist, item 15
 * @returns the address as the parser writes it, or null when it must not be opened: not https, not on the list, with a
 * user name, password or port
 */
export function allowedExternal(address: unknown): string | null {
  if (typeof address !== 'string' || address.length > LONGEST || !PRINTABLE.test(address)) return null;
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:' || url.port !== '') return null;
  if (url.username !== '' || url.password !== '') return null;
  return EXTERNAL_HOSTS.has(url.hostname) ? url.href : null;
}

/**
 * Open an address in the operator's browser if it is on the list.
 * @returns whether it was opened; never throws
 */
export async function openExternal(address: unknown): Promise<boolean> {
  const allowed = allowedExternal(address);
  if (allowed === null) return false;
  try {
    await shell.openExternal(allowed);
    return true;
  } catch {
    return false;
  }
}
