import { mkdir, readdir } from 'node:fs/promises';
import type { Guest } from './guest.ts';
import { runProgram } from './run-program.ts';

/**
 * Brings packages into a guest that has no way out: the guest says by its own lists what it lacks, this machine downloads that, and dpkg installs it.
 * @param folder where they are kept on this machine
 * @returns null when they are installed; else why not, in words for a skipped test
 */
export async function installOffline(
  guest: Guest,
  packages: readonly string[],
  folder: string,
): Promise<string | null> {
  const list = await guest.must(
    `apt-get install -y --no-install-recommends --print-uris ${packages.join(' ')} | sed -n "s/^'[^']*' \\([^ ]*\\)_[^ ]*\\.deb .*/\\1/p"`,
  );
  // `name_version_architecture.deb`, of which the version may have more of the first sign.
  const names = list
    .split('\n')
    .map((line) => line.split('_')[0] ?? '')
    .filter((name) => /^[a-z0-9][a-z0-9.+-]*$/.test(name));
  if (names.length === 0) return null;
  await mkdir(folder, { recursive: true });
  // Run where it writes: apt-get(8) downloads into the present folder.
  const { code, stderr } = await runProgram(
    'sh',
    ['-c', 'cd "$1" && shift && exec apt-get download -q=2 "$@"', 'sh', folder, ...names],
    { timeoutMs: 180_000 },
  );
  if (code !== 0) return `packages of Debian could not be downloaded: ${stderr.slice(-300)}`;
  if ((await readdir(folder)).filter((name) => name.endsWith('.deb')).length < names.length)
    return 'not all packages of Debian could be downloaded';
  await guest.copyIn(folder, '/root/packages');
  await guest.must(
    'DEBIAN_FRONTEND=noninteractive dpkg -i --force-confold --force-unsafe-io /root/packages/*.deb </dev/null >&2',
    300_000,
  );
  return null;
}
