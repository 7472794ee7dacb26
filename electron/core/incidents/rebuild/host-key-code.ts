import { createHash } from 'node:crypto';

/** How many hex digits a person compares: 64 bits, so that nobody makes a key of the same code. */
const DIGITS = 16;

/**
 * The short code of a host key: the first 64 bits of the SHA-256 that ssh-keygen(1) makes of it, in four groups. A node shows it at its own screen, and who sits
 * there types it into the console; a machine in between has another key and so another code.
 * @param key base64 of the public key, as known_hosts has it
 */
export function hostKeyCode(key: string): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, DIGITS);
  return (digest.match(/.{4}/g) ?? []).join('-');
}

/** @returns whether a person typed this code: dashes, spaces and capitals do not count, every digit does */
export function isCodeOf(typed: string, key: string): boolean {
  const plain = typed.toLowerCase().replaceAll(/[\s-]/g, '');
  return plain.length === DIGITS && plain === hostKeyCode(key).replaceAll('-', '');
}

/** The same in a POSIX shell: prints the code of the public key in the file of its first argument. */
export const CODE_SCRIPT = `code_of() {
  cut -d ' ' -f 2 "$1" | base64 -d | sha256sum | cut -c 1-${DIGITS} | sed 's/\\(....\\)/\\1-/g; s/-$//'
}`;
