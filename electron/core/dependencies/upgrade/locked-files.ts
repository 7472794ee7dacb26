import type { LockFile } from '#core/dependencies/requirements/lock-file.ts';
import { pep440Key } from '#core/dependencies/versions/version-key.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { MOST_HASHES } from '#shared/domain/helper/fetched-wheel.ts';

/** What the locks beside an environment say of the files of one version. */
export type LockedFiles =
  | { say: 'nothing' }
  | { say: 'files'; sha256: string[]; path: string }
  /** Two locks have no file in common, or one has more than are read: nobody can say which is right. */
  | { say: 'unclear'; why: string };

/** SHA-256 of the files that one lock has for a version; a lock may write the same one otherwise (PEP 440). */
function filesIn(lock: LockFile, name: string, key: string | null): string[] {
  return lock.entries
    .filter((entry) => entry.name === name && entry.version !== null)
    .filter((entry) => key !== null && pep440Key(entry.version ?? '') === key)
    .flatMap((entry) => entry.hashes)
    .flatMap((hash) => /^sha256:([0-9a-f]{64})$/.exec(hash)?.[1] ?? []);
}

/**
 * Which files may be unpacked as a version, where a lock of the project names it (pylock.toml, uv.lock, poetry.lock, Pipfile.lock,
 * requirement files with hashes). A lock can only make the choice smaller: of several, a file has to be in each.
 * @param locks of the installation that uses the environment
 */
export function lockedFiles(locks: readonly LockFile[], name: string, version: string): LockedFiles {
  const key = pep440Key(version);
  const saying = locks
    .map((lock) => ({ path: lock.path, hashes: filesIn(lock, normalizedName(name), key) }))
    .filter(({ hashes }) => hashes.length > 0);
  const [first, ...others] = saying;
  if (first === undefined) return { say: 'nothing' };
  const what = `${name} ${version}`;
  let allowed = [...new Set(first.hashes)];
  for (const { path, hashes } of others) {
    const known = new Set(hashes);
    allowed = allowed.filter((one) => known.has(one));
    if (allowed.length === 0)
      return {
        say: 'unclear',
        why: `${first.path} and ${path} name different files for ${what}: find out which is right`,
      };
  }
  return allowed.length > MOST_HASHES
    ? { say: 'unclear', why: `${first.path} names more than ${MOST_HASHES} files for ${what}` }
    : { say: 'files', sha256: allowed, path: first.path };
}
