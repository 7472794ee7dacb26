import type { Ecosystem } from '#shared/domain/dependencies/inventory.ts';
import type { CompiledAdvisory, CompiledPackage, CompiledRange } from '../advisories/compiled.ts';
import { semverKey } from '../versions/semver-key.ts';
import { publicKey, versionKey } from '../versions/version-key.ts';

/** A version, ready to be compared. */
export interface VersionKeys {
  /** With its local segment, and without it when it has one. By Semantic Versioning for Go. */
  keys: readonly string[];
  /** By Semantic Versioning, when it is written so. Seldom asked for. */
  semver(): string | null;
}

/** @returns null for text that is no version of this ecosystem */
export function versionKeys(ecosystem: Ecosystem, version: string): VersionKeys | null {
  const key = ecosystem === 'Go' ? semverKey(version) : versionKey(version);
  return key === null ? null : keysOf(ecosystem, version, key);
}

/** The same for a version whose key is known. */
export function keysOf(ecosystem: Ecosystem, version: string, key: string): VersionKeys {
  const plain = ecosystem === 'Go' ? null : publicKey(key);
  return { keys: plain === null ? [key] : [key, plain], semver: () => semverKey(version) };
}

/** OSV schema, "Evaluation": one pass over sorted events; the last word stands. */
function inRange(range: CompiledRange, key: string): boolean {
  if (range.limits !== undefined && !range.limits.some((limit) => key < limit)) return false;
  let within = false;
  for (const [kind, at] of range.events) {
    if (key < at) break;
    if (kind === 0) within = true;
    else if (kind === 1 || key > at) within = false;
  }
  return within;
}

function isListed({ listed }: CompiledAdvisory, places: readonly number[]): boolean {
  for (let run = 0; run < listed.length; run += 2)
    for (const place of places)
      if (place >= (listed[run] ?? 0) && place <= (listed[run + 1] ?? -1)) return true;
  return false;
}

/**
 * Prepares the question whether advisories of a package affect one version of it: in one of their ranges, or in their lists; the
 * local segment tried and left out.
 * @param version from {@link versionKeys}
 */
export function affects(
  known: CompiledPackage,
  version: VersionKeys,
): (advisory: CompiledAdvisory) => boolean {
  const places = version.keys.map((key) => known.versions.indexOf(key)).filter((place) => place >= 0);
  const inOne = (range: CompiledRange): boolean => {
    if (range.for !== undefined) {
      const semver = version.semver();
      if (range.for === 'semver') return semver !== null && inRange(range, semver);
      if (semver !== null) return false;
    }
    return version.keys.some((key) => inRange(range, key));
  };
  return (advisory) =>
    (places.length > 0 && isListed(advisory, places)) ||
    (advisory.ranges.length > 0 && advisory.ranges.some(inOne));
}
