import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { publicKey } from '#shared/domain/incident/rebuild.ts';

const MOST = 16;
const MOST_BYTES = 16_384;

/**
 * Public keys of whoever runs this console, from the files in which ssh-keygen(1) leaves them; no private key is opened.
 * @param identityFile private key by which the node is reached; its public half comes first
 * @returns each key once, with the file that it stands in
 */
export async function ownPublicKeys(
  identityFile: string | undefined,
  home: string = homedir(),
): Promise<{ from: string; key: string }[]> {
  const folder = join(home, '.ssh');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.pub')).sort();
  const files = [
    ...(identityFile === undefined ? [] : [`${identityFile}.pub`]),
    ...names.map((name) => join(folder, name)),
  ];
  const keys = new Map<string, string>();
  for (const file of files.slice(0, 64)) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const line = text.slice(0, MOST_BYTES).split('\n')[0]?.trim() ?? '';
    if (publicKey.safeParse(line).success && !keys.has(line)) keys.set(line, file);
  }
  return [...keys].slice(0, MOST).map(([key, from]) => ({ from: from.slice(0, 4_096), key }));
}
