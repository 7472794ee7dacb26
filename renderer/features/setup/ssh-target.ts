/** Where to reach a node over SSH, as typed by the operator. */
export interface SshTarget {
  user?: string;
  host: string;
  port: number;
}

const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;
const HOST = /^[A-Za-z0-9.:][A-Za-z0-9.:-]{0,252}$/;

/**
 * Read `user@host`, `host`, `user@host:2222`, `[fe80::1]:2222`, `ssh://user@host:2222`, or the words for ssh with `-p 2222`; a bare IPv6
 * address has no port. The core validates again.
 * @param typed what stands in the field
 * @returns the target, or one sentence that says what is wrong
 */
export function readSshTarget(typed: string): SshTarget | { problem: string } {
  const words = typed.trim().replace(/^ssh\s+/, '');
  const option = /(?:^|\s)-p\s*(\S+)(?=\s|$)/.exec(words);
  const text = words
    .replace(option?.[0] ?? '', '')
    .trim()
    .replace(/^ssh:\/\//, '')
    .replace(/\/$/, '');
  if (text === '') return { problem: 'Type the name or address of the node.' };
  const at = text.lastIndexOf('@');
  const user = at < 0 ? undefined : text.slice(0, at);
  const place = splitPort(text.slice(at + 1));
  const { host } = place;
  const port = option === null ? place.port : /^\d+$/.test(option[1] ?? '') ? Number(option[1]) : Number.NaN;
  if (user !== undefined && !USER.test(user)) {
    return { problem: 'A login name has letters, digits, dots and dashes only.' };
  }
  if (!HOST.test(host)) return { problem: 'A host name has letters, digits, dots, colons and dashes only.' };
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return { problem: 'The port behind the colon is a number from 1 to 65535, as in naru.local:2222.' };
  return user === undefined ? { host, port } : { user, host, port };
}

function splitPort(place: string): { host: string; port: number } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(place);
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] ? Number(bracketed[2]) : 22 };
  const parts = place.split(':');
  // More than one colon is an IPv6 address without brackets, and that has no port.
  if (parts.length === 2)
    return { host: parts[0] ?? '', port: /^\d+$/.test(parts[1] ?? '') ? Number(parts[1]) : Number.NaN };
  return { host: place, port: 22 };
}
