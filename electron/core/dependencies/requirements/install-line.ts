import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { LockFile } from './lock-file.ts';

/** Lines of a requirements file that pin contents, and how to install exactly these. */
export interface PinnedInstall {
  /** `name==version --hash=sha256:…`, one for each entry (pip, "Secure installs"). */
  lines: readonly string[];
  /** Argument vector; FILE stands for the file that holds the lines. */
  command: readonly string[];
  /** Entries that no hash pins, and why they are left out. */
  left: readonly { name: string; why: string }[];
}

const VERSION = /^[A-Za-z0-9][A-Za-z0-9.!+_-]{0,255}$/;

/**
 * How pip installs exactly the contents that a file pins: every line needs its hash, nothing is built, nothing else comes along.
 * @param interpreter path or name of the environment's Python @returns argument vector; FILE stands for the file
 */
export function hashedInstall(interpreter: string): string[] {
  return [
    interpreter,
    ...['-m', 'pip', 'install', '--require-hashes', '--only-binary=:all:', '--no-deps', '-r', 'FILE'],
  ];
}

/**
 * What pip takes instead of a lock of another tool: every entry of the usual index with its version and hashes.
 * @param only normalised or written names; all entries when left out
 */
export function pinnedInstall(lock: LockFile, only?: readonly string[]): PinnedInstall {
  const wanted = only === undefined ? null : new Set(only.map(normalizedName));
  const entries = lock.entries.filter((entry) => wanted === null || wanted.has(entry.name));
  const lines = new Map<string, string>();
  const left: { name: string; why: string }[] = [];
  for (const { name, version, hashes, hashed, from, place } of entries) {
    if (from !== 'index' || place !== null) left.push({ name, why: `it comes from ${place ?? 'elsewhere'}` });
    else if (version === null || !VERSION.test(version) || !/^[a-z0-9-]+$/.test(name))
      left.push({ name, why: 'its name or version cannot be written safely' });
    else if (!hashed || hashes.length === 0) left.push({ name, why: 'the lock has no hash for it' });
    else
      lines.set(
        `${name}==${version}`,
        [`${name}==${version}`, ...hashes.map((hash) => `--hash=${hash}`)].join(' \\\n    '),
      );
  }
  for (const name of wanted ?? [])
    if (!entries.some((entry) => entry.name === name)) left.push({ name, why: 'the lock does not name it' });
  return {
    lines: [...lines.values()],
    command: hashedInstall('python3'),
    left,
  };
}
