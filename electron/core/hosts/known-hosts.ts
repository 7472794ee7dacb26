import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One host key as the operator is asked to confirm it; the shape of the contract's `hostKey`. */
export interface HostKey {
  type: string;
  fingerprint: string;
  line: string;
}

const KEY_LINE = /^(\S{1,300}) ((?:ssh|ecdsa|sk)-[a-z0-9@.-]{1,60}) ([A-Za-z0-9+/]{16,12000}={0,2})$/;

/** The console's own file of confirmed host keys. The operator's `~/.ssh/known_hosts` is neither read nor written. */
export function knownHostsPath(dataFolder: string): string {
  return join(dataFolder, 'known_hosts');
}

/** The name under which OpenSSH looks a host up: `host`, or `[host]:port` for another port than 22 (sshd(8)). */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/**
 * Reads one line of known_hosts without options, marker or pattern.
 * @returns the key with its fingerprint (`SHA256:` and base64 without padding, as `ssh-keygen -l`), or null when it is no
 *   plain line or its name is not exactly `name`
 */
export function readHostKeyLine(line: string, name: string): HostKey | null {
  const match = KEY_LINE.exec(line.trim());
  if (match?.[1]?.toLowerCase() !== name) return null;
  const type = match[2] ?? '';
  const blob = Buffer.from(match[3] ?? '', 'base64');
  // The blob begins with the type again (RFC 4253, section 6.6); a line that disagrees with itself is no key.
  const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  if (length === 0 || length > 64 || blob.subarray(4, 4 + length).toString('latin1') !== type) return null;
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { type, fingerprint: `SHA256:${digest}`, line: `${name} ${type} ${match[3]}` };
}

async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}

/** Writes beside the file and renames, so that a reader sees the old or the new list and nothing between. */
async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, lines.map((line) => `${line}\n`).join(''), {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Stores the keys that the operator confirmed for a node, in place of all earlier ones of the same name.
 * @param lines lines as `fetchHostKeys` returned them; anything else (patterns, markers, another host) is refused
 * @returns the keys stored, or which line was refused and why
 * @throws when the file cannot be read or written
 */
export async function confirmHostKeys(
  dataFolder: string,
  target: { host: string; port: number },
  lines: readonly string[],
): Promise<{ ok: true; keys: HostKey[] } | { ok: false; message: string }> {
  const name = knownHostsName(target.host, target.port);
  const keys: HostKey[] = [];
  for (const line of lines) {
    const key = readHostKeyLine(line, name);
    if (!key) return { ok: false, message: `A confirmed line is no host key of ${name}.` };
    keys.push(key);
  }
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const path = knownHostsPath(dataFolder);
  const others = (await readLines(path)).filter((line) => line.split(' ')[0] !== name);
  await writeLines(path, [...others, ...keys.map((key) => key.line)]);
  return { ok: true, keys };
}

/**
 * Forgets all confirmed keys of a node.
 * @throws when the file cannot be read or written
 */
export async function forgetHostKeys(
  dataFolder: string,
  target: { host: string; port: number },
): Promise<void> {
  const name = knownHostsName(target.host, target.port);
  const path = knownHostsPath(dataFolder);
  const lines = await readLines(path);
  const others = lines.filter((line) => line.split(' ')[0] !== name);
  if (others.length < lines.length) await writeLines(path, others);
}

/** The confirmed keys of a node. @throws when the file is there and cannot be read */
export async function confirmedHostKeys(
  dataFolder: string,
  target: { host: string; port: number },
): Promise<HostKey[]> {
  const name = knownHostsName(target.host, target.port);
  const lines = await readLines(knownHostsPath(dataFolder));
  return lines.map((line) => readHostKeyLine(line, name)).filter((key) => key !== null);
}
