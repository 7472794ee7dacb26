import type { AffectedRange } from '#shared/domain/dependencies/advisory.ts';
import type { Ecosystem } from '#shared/domain/dependencies/inventory.ts';
import { semverKey } from '../versions/semver-key.ts';
import { BEFORE_ALL, versionKey } from '../versions/version-key.ts';
import type { CompiledAdvisory, CompiledEvent, CompiledPackage, CompiledRange } from './compiled.ts';
import { severityOf } from './cvss.ts';
import type { OsvAffected, OsvRecord } from './osv-record.ts';

const KINDS = { introduced: 0, fixed: 1, last_affected: 2 } as const;

/** Longest summary that is kept beside the versions; the record itself has all of it. */
const SUMMARY = 200;

/**
 * Sorts a range's events so that one pass over them decides (OSV schema, "Evaluation"). At the same version what is introduced
 * stands before what is last affected, since that ends behind the version.
 * @returns null when a version in it is none
 */
function compileRange(range: AffectedRange, keyOf: (version: string) => string | null): CompiledRange | null {
  const events: CompiledEvent[] = [];
  const limits: string[] = [];
  let unlimited = false;
  for (const { kind, version } of range.events) {
    if (kind === 'limit' && version === '*') {
      unlimited = true;
      continue;
    }
    const key = kind === 'introduced' && version === '0' ? BEFORE_ALL : keyOf(version);
    if (key === null) return null;
    if (kind === 'limit') limits.push(key);
    else events.push(kind === 'fixed' ? [KINDS[kind], key, version] : [KINDS[kind], key]);
  }
  events.sort((a, b) => {
    if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1;
    return Number(a[0] === 2) - Number(b[0] === 2);
  });
  return { events, ...(unlimited || limits.length === 0 ? {} : { limits }) };
}

/** Runs of a list of places: first and last of each. */
function runsOf(places: number[]): number[] {
  places.sort((a, b) => a - b);
  const runs: number[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last !== undefined && place <= last + 1) runs[runs.length - 1] = place;
    else runs.push(place, place);
  }
  return runs;
}

/** Collects what advisories say of one package. */
class PackageBuilder {
  readonly #ecosystem: Ecosystem;
  /** Place in the list of a version as it is written; -1 for text that is no version. */
  readonly #places = new Map<string, number>();
  readonly #byKey = new Map<string, number>();
  readonly #advisories: CompiledAdvisory[] = [];

  constructor(ecosystem: Ecosystem) {
    this.#ecosystem = ecosystem;
  }

  #place(version: string): number {
    const before = this.#places.get(version);
    if (before !== undefined) return before;
    const key = this.#ecosystem === 'Go' ? semverKey(version) : versionKey(version);
    let place = key === null ? -1 : this.#byKey.get(key);
    if (place === undefined) {
      place = this.#byKey.size;
      this.#byKey.set(key ?? '', place);
    }
    this.#places.set(version, place);
    return place;
  }

  add(record: OsvRecord, affected: OsvAffected): void {
    const ranges: CompiledRange[] = [];
    let unclear: string | undefined;
    let comparable = affected.versions.length > 0;
    for (const range of affected.ranges) {
      if (range.type === 'GIT') continue;
      comparable = true;
      const semver =
        this.#ecosystem === 'Go' || range.type === 'SEMVER' ? compileRange(range, semverKey) : null;
      const own = this.#ecosystem === 'Go' ? null : compileRange(range, versionKey);
      if (semver !== null) ranges.push({ ...semver, for: 'semver' });
      if (own !== null) ranges.push(semver === null ? own : { ...own, for: 'others' });
      if (semver === null && own === null) unclear = 'a version in its range cannot be read';
    }
    const places: number[] = [];
    for (const version of affected.versions) {
      const place = this.#place(version);
      if (place >= 0) places.push(place);
      else unclear = 'a version in its list cannot be read';
    }
    if (!comparable) unclear = 'it names commits or nothing, and no versions';
    const { severity, score } = severityOf(
      affected.scores.length > 0 ? affected.scores : record.scores,
      record.severityWord,
    );
    this.#advisories.push({
      id: record.id,
      aliases: record.aliases,
      severity,
      score,
      ...(record.malware ? { malware: true as const } : {}),
      summary: summaryOf(record),
      ranges,
      listed: runsOf(places),
      ...(unclear === undefined ? {} : { unclear }),
    });
  }

  done(): CompiledPackage {
    return { versions: [...this.#byKey.keys()], advisories: this.#advisories };
  }
}

/** The summary, or the first words of the details of an advisory that has none, on one line. Text of strangers. */
function summaryOf({ summary, details }: OsvRecord): string {
  const start = (summary || details)
    .slice(0, 2 * SUMMARY)
    .replace(/\s+/g, ' ')
    .trim();
  if (start.length <= SUMMARY) return start.toWellFormed();
  return `${start.slice(0, start.lastIndexOf(' ', SUMMARY) + 1 || SUMMARY)}…`.toWellFormed();
}

/** What a set of advisories says, by package. Withdrawn ones are counted and never matched. */
export class AdvisoryCompiler {
  readonly #packages = new Map<string, { ecosystem: Ecosystem; name: string; builder: PackageBuilder }>();
  readonly #wanted: ((ecosystem: Ecosystem, name: string) => boolean) | null;
  #count = 0;
  #newest: number | null = null;

  /** @param wanted which packages to keep; all of them when null */
  constructor(wanted: ((ecosystem: Ecosystem, name: string) => boolean) | null = null) {
    this.#wanted = wanted;
  }

  /** @returns false for an advisory about nothing that is looked at, which is not counted either */
  add(record: OsvRecord): boolean {
    if (record.affected.length === 0) return false;
    this.#count += 1;
    this.#newest = Math.max(this.#newest ?? record.modified, record.modified);
    if (record.withdrawn !== null) return true;
    for (const affected of record.affected) {
      const { ecosystem, name } = affected;
      if (this.#wanted !== null && !this.#wanted(ecosystem, name)) continue;
      const key = `${ecosystem} ${name}`;
      let entry = this.#packages.get(key);
      if (entry === undefined) {
        entry = { ecosystem, name, builder: new PackageBuilder(ecosystem) };
        this.#packages.set(key, entry);
      }
      entry.builder.add(record, affected);
    }
    return true;
  }

  /** Advisories that were taken. */
  get count(): number {
    return this.#count;
  }

  /** When the newest one was modified, in milliseconds since 1970. */
  get newest(): number | null {
    return this.#newest;
  }

  *packages(): Generator<{ ecosystem: Ecosystem; name: string; compiled: CompiledPackage }> {
    for (const { ecosystem, name, builder } of this.#packages.values())
      yield { ecosystem, name, compiled: builder.done() };
  }
}
