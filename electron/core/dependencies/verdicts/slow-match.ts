import { compare } from '@renovatebot/pep440';
import type { AffectedRange } from '#shared/domain/dependencies/advisory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import type { OsvRecord } from '../advisories/osv-record.ts';
import { legacyParts } from '../versions/legacy-key.ts';
import { isPep440 } from '../versions/version-key.ts';

/** Two versions by the library, and by the parts of the old rule when one of them is none by PEP 440. */
export function compareSlowly(left: string, right: string): number {
  const [a, b] = [left.trim(), right.trim()];
  const [validA, validB] = [isPep440(a), isPep440(b)];
  if (validA && validB) return Math.sign(compare(a, b));
  if (validA !== validB) return validA ? 1 : -1;
  const [partsA, partsB] = [legacyParts(a), legacyParts(b)];
  for (let at = 0; at < Math.max(partsA.length, partsB.length); at += 1) {
    const [partA, partB] = [partsA[at], partsB[at]];
    if (partA === undefined) return -1;
    if (partB === undefined) return 1;
    if (partA !== partB) return partA < partB ? -1 : 1;
  }
  return 0;
}

/** The pseudo-code of the OSV schema, section "Evaluation", word for word. */
function includedInRange(version: string, range: AffectedRange): boolean {
  if (range.type === 'GIT') return false;
  const limits = range.events.filter(({ kind }) => kind === 'limit');
  const before = limits.some((limit) => limit.version === '*' || compareSlowly(version, limit.version) < 0);
  if (limits.length > 0 && !before) return false;
  const place = (at: string): string | null => (at === '0' ? null : at);
  const sorted = range.events
    .filter(({ kind }) => kind !== 'limit')
    .map((event) => ({ ...event, at: event.kind === 'introduced' ? place(event.version) : event.version }))
    .toSorted((a, b) => {
      if (a.at === null || b.at === null) return Number(b.at === null) - Number(a.at === null);
      const order = compareSlowly(a.at, b.at);
      return order !== 0 ? order : Number(a.kind === 'last_affected') - Number(b.kind === 'last_affected');
    });
  let vulnerable = false;
  for (const { kind, at } of sorted) {
    const order = at === null ? 1 : compareSlowly(version, at);
    if (kind === 'introduced' && order >= 0) vulnerable = true;
    if (kind === 'fixed' && order >= 0) vulnerable = false;
    if (kind === 'last_affected' && order > 0) vulnerable = false;
  }
  return vulnerable;
}

/**
 * The obviously right answer for a package of PyPI, one step after the other; ranges by Semantic Versioning aside. The compiled
 * one is held to it by tests and by the benchmark over published advisories.
 */
export function affectsSlowly(record: OsvRecord, name: string, version: string): boolean {
  if (record.withdrawn !== null) return false;
  const [plain = version, local] = version.split('+');
  const versions = local === undefined || !isPep440(version) ? [version] : [version, plain];
  return record.affected
    .filter((affected) => affected.ecosystem === 'PyPI' && affected.name === normalizedName(name))
    .some((affected) =>
      versions.some(
        (one) =>
          affected.ranges.some((range) => includedInRange(one, range)) ||
          affected.versions.some((listed) => compareSlowly(one, listed) === 0),
      ),
    );
}
