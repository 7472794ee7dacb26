import { SESSION_LASTS_S } from './sessions.ts';

/**
 * The cookie of one run of the console. Ports do not separate cookies (RFC 6265 section 8.5), so port and run are in its
 * name: another console on this computer neither reads it by mistake nor writes over it.
 */
export function cookieName(port: number, instance: string): string {
  return `swarmkeep-${port}-${instance}`;
}

/** `Set-Cookie` for a session: not for scripts, not for other sites, for this host alone (no Domain), 12 hours. */
export function setCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; Max-Age=${SESSION_LASTS_S}; HttpOnly; SameSite=Strict`;
}

/** @returns the value of our cookie; null when it is missing, malformed, or there are two of it. */
export function cookieOf(header: string | undefined, name: string): string | null {
  const values = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
}
