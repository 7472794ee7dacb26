import type { InstalledLock } from '#shared/domain/dependencies/before-install.ts';
import type { Environment, InventoryItem } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { versionKey } from '../versions/version-key.ts';
import { hashedInstall } from './install-line.ts';
import type { LockFile } from './lock-file.ts';
import { isDistributionName } from './name.ts';

const VERSION = /^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,255}$/;
/** Why pip's own records do not help: RECORD (PEP 376) has hashes of installed files, and nothing has one of the wheel. */
const NO_HASH = 'what was installed does not tell the hash of its wheel, and no lock on this node has it';

/** Why an installed package cannot stand in a lock of the usual index; null when it can. */
function whyLeft({ name, version, from, broken, ecosystem }: InventoryItem): string | null {
  if (ecosystem !== 'PyPI') return 'it is no Python package';
  if (from === 'vendored') return 'it is a copy within another package';
  if (from === 'distribution') return "it is the system's to keep";
  if (from === 'editable') return 'it is a working copy';
  if (from === 'vcs') return 'it came from version control';
  if (broken !== null || version === null) return 'its metadata cannot be relied on';
  if (!isDistributionName(name) || !VERSION.test(version))
    return 'its name or version cannot be written safely';
  return null;
}

/** Hashes that locks of the node have for exactly this version from the usual index. */
function hashesIn(locks: readonly LockFile[], name: string, version: string): string[] {
  // `13.0` and `13.0.0` are one version.
  const key = versionKey(version);
  const hashes = locks.flatMap(({ entries }) =>
    entries
      .filter(
        (entry) =>
          entry.name === name &&
          entry.from === 'index' &&
          entry.place === null &&
          entry.hashed &&
          entry.version !== null &&
          versionKey(entry.version) === key,
      )
      .flatMap((entry) => entry.hashes),
  );
  return [...new Set(hashes)].sort();
}

/**
 * A requirements file that pins what is installed (pip, "Secure installs"). Hashes are those that direct_url.json keeps of an
 * archive (PEP 610), or that locks on the node have for the same version; without either only the version is pinned, and pip
 * refuses `--require-hashes` for the whole file: the file says so.
 * @param locks that lie on the same node
 */
export function installedLock(environment: Environment, locks: readonly LockFile[]): InstalledLock {
  const lines = new Map<string, string>();
  const unhashed: InstalledLock['unhashed'] = [];
  const left: InstalledLock['left'] = [];
  let hashed = 0;
  for (const item of environment.packages) {
    const why = whyLeft(item);
    const { version } = item;
    if (why !== null || version === null) {
      if (item.from !== 'vendored') left.push({ name: item.name, why: why ?? '' });
      continue;
    }
    const name = normalizedName(item.name);
    if (lines.has(name)) {
      left.push({ name: item.name, why: 'it is installed twice, and only one can be pinned' });
      continue;
    }
    const known = item.archiveHash === undefined ? hashesIn(locks, name, version) : [item.archiveHash];
    if (known.length > 0) hashed += 1;
    else unhashed.push({ name: item.name, why: NO_HASH });
    lines.set(name, [`${name}==${version}`, ...known.map((hash) => `--hash=${hash}`)].join(' \\\n    '));
  }
  const note =
    unhashed.length === 0
      ? ['# Every line has a hash: pip install --require-hashes --only-binary=:all: --no-deps -r FILE']
      : [
          `# ${unhashed.length} of ${lines.size} have no hash, and pip refuses --require-hashes before all have one.`,
          '# Where there is network: pip download --no-deps NAME==VERSION, pip hash FILE, and add --hash=… to its line.',
        ];
  const body = [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  const isWhole = unhashed.length === 0 && lines.size > 0;
  return {
    text: `${[...note, ...body].join('\n')}\n`,
    hashed,
    unhashed,
    left,
    command: isWhole ? hashedInstall(environment.interpreter ?? 'python3') : null,
  };
}
