import { AdvisoryCompiler } from '#core/dependencies/advisories/compile.ts';
import type { CompiledPackage } from '#core/dependencies/advisories/compiled.ts';
import type { OsvAffected, OsvRecord } from '#core/dependencies/advisories/osv-record.ts';
import { versionKey } from '#core/dependencies/versions/version-key.ts';
import { affects, type VersionKeys, versionKeys } from '../match.ts';

/** How the ranges of advisories agree with the lists of versions that the same advisories have. */
export interface Agreement {
  /** Versions that were listed beside a range. */
  compared: number;
  /** Listed, and outside of the range of the same advisory, each with the reason in words. */
  differences: string[];
}

/** Why a listed version is outside: the event of its range that it stands behind, or before. */
function reason(affected: OsvAffected, version: string): string {
  const key = versionKey(version) ?? '';
  const events = affected.ranges
    .filter(({ type }) => type !== 'GIT')
    .flatMap((range) => range.events)
    .map((event) => ({ ...event, key: versionKey(event.version) ?? '' }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const before = events.findLast((event) => event.key <= key);
  const after = events.find((event) => event.key > key);
  if (before !== undefined && before.kind !== 'introduced')
    return `its own range ends with "${before.kind} ${before.version}", at or below it`;
  const introduced = after?.kind === 'introduced' ? after.version : '?';
  return `its own range begins with "introduced ${introduced}", above it`;
}

/** Puts every version that an advisory lists to the ranges of the same advisory alone. Withdrawn ones are left out. */
export function rangesAgainstLists(records: readonly OsvRecord[]): Agreement {
  const agreement: Agreement = { compared: 0, differences: [] };
  // The same versions are listed by many advisories.
  const seen = new Map<string, VersionKeys | null>();
  const keysOf = (version: string): VersionKeys | null => {
    const before = seen.get(version);
    if (before !== undefined) return before;
    const keys = versionKeys('PyPI', version);
    seen.set(version, keys);
    return keys;
  };
  for (const record of records)
    for (const affected of record.withdrawn === null ? record.affected : []) {
      if (affected.ecosystem !== 'PyPI' || !affected.ranges.some(({ type }) => type !== 'GIT')) continue;
      const compiler = new AdvisoryCompiler();
      compiler.add({ ...record, affected: [{ ...affected, versions: [] }] });
      const known: CompiledPackage = JSON.parse([...compiler.packages()][0]?.compiled ?? '{"advisories":[]}');
      for (const version of affected.versions) {
        agreement.compared += 1;
        const keys = keysOf(version);
        if (keys !== null && known.advisories.some(affects(known, keys))) continue;
        agreement.differences.push(
          `${record.id}: ${affected.name} ${version} is listed, and ${reason(affected, version)}`,
        );
      }
    }
  return agreement;
}
