import type { AffectedRange } from '#shared/domain/dependencies/advisory.ts';
import type { Ecosystem } from '#shared/domain/dependencies/inventory.ts';
import { semverKey } from '../versions/semver-key.ts';
import { BEFORE_ALL, versionKey } from '../versions/version-key.ts';
import type { CompiledAdvisory, CompiledEvent, CompiledRange } from './compiled.ts';
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
  // Most lists come in the order of their versions.
  for (let index = 1; index < places.length; index += 1)
    if ((places[index] ?? 0) < (places[index - 1] ?? 0)) {
      places.sort((a, b) => a - b);
      break;
    }
  const runs: number[] = [];
  let last = -2;
  for (const place of places) {
    if (place <= last + 1) runs[runs.length - 1] = place;
    else runs.push(place, place);
    last = place;
  }
  return runs;
}

/** Keys of versions as they are written: most packages count in the same numbers. */
class KnownKeys {
  readonly #keys = new Map<string, string | null>();
  readonly #make: (version: string) => string | null;

  constructor(make: (version: string) => string | null) {
    this.#make = make;
  }

  of(version: string): string | null {
    const before = this.#keys.get(version);
    if (before !== undefined) return before;
    const key = this.#make(version);
    if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
    this.#keys.set(version, key);
    return key;
  }
}

const MOST_KEYS = 100_000;
/** Up to so many, a list is searched as fast as a map, and takes far less. */
const SHORT_LIST = 12;

/** Collects what advisories say of one package. */
class PackageBuilder {
  readonly #ecosystem: Ecosystem;
  readonly #keyOf: KnownKeys;
  readonly #versions: string[] = [];
  /** Place of each key in the list; none while that is short. */
  #places: Map<string, number> | null = null;
  /** As JSON: a hundred thousand small objects would take several times as much. */
  readonly #advisories: string[] = [];

  constructor(ecosystem: Ecosystem, keys: Readonly<Record<Ecosystem, KnownKeys>>) {
    this.#ecosystem = ecosystem;
    this.#keyOf = keys[ecosystem];
  }

  /** @returns place of a version in the list; -1 for text that is no version */
  #place(version: string): number {
    const key = this.#keyOf.of(version);
    if (key === null) return -1;
    const before = this.#places === null ? this.#versions.indexOf(key) : (this.#places.get(key) ?? -1);
    if (before >= 0) return before;
    const place = this.#versions.push(key) - 1;
    if (this.#places !== null) this.#places.set(key, place);
    else if (this.#versions.length > SHORT_LIST)
      this.#places = new Map(this.#versions.map((known, index) => [known, index]));
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
      const own = this.#ecosystem === 'Go' ? null : compileRange(range, (version) => this.#keyOf.of(version));
      if (semver !== null) ranges.push({ ...semver, for: 'semver' });
      if (own !== null) ranges.push(semver === null ? own : { ...own, for: 'others' });
      if (semver === null && own === null) unclear = 'a version in its range cannot be read';
      // Without a beginning nothing is within it, whatever it was meant to say.
      else if (affected.versions.length === 0 && !range.events.some(({ kind }) => kind === 'introduced'))
        unclear = 'a range in it has no beginning';
    }
    if (record.malware && affected.ranges.length === 0 && affected.versions.length === 0) {
      // Malware of which no version is named is malware in every one.
      ranges.push({ events: [[KINDS.introduced, BEFORE_ALL]] });
      comparable = true;
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
    const compiled: CompiledAdvisory = {
      id: record.id,
      aliases: record.aliases,
      severity,
      score,
      ...(record.malware ? { malware: true as const } : {}),
      summary: summaryOf(record),
      ranges,
      listed: runsOf(places),
      ...(unclear === undefined ? {} : { unclear }),
    };
    this.#advisories.push(JSON.stringify(compiled));
  }

  /** @returns JSON of `CompiledPackage` */
  done(): string {
    return `{"versions":${JSON.stringify(this.#versions)},"advisories":[${this.#advisories.join(',')}]}`;
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
  readonly #keys = { PyPI: new KnownKeys(versionKey), Go: new KnownKeys(semverKey) };
  readonly #wanted: ((ecosystem: Ecosystem, name: string) => boolean) | null;
  #count = 0;
  #inForce = 0;
  #newest: number | null = null;

  readonly #now: number;

  /**
   * @param wanted which packages to keep; all of them when null
   * @param now what is withdrawn later than this is in force
   */
  constructor(
    wanted: ((ecosystem: Ecosystem, name: string) => boolean) | null = null,
    now: Date = new Date(),
  ) {
    this.#wanted = wanted;
    this.#now = now.getTime();
  }

  /** @returns false for an advisory about nothing that is looked at, which is not counted either */
  add(record: OsvRecord): boolean {
    if (record.affected.length === 0) return false;
    this.#count += 1;
    this.#newest = Math.max(this.#newest ?? record.modified, record.modified);
    // A clock may be off by an hour.
    if (record.withdrawn !== null && record.withdrawn <= this.#now + 3_600_000) return true;
    this.#inForce += 1;
    for (const affected of record.affected) {
      const { ecosystem, name } = affected;
      if (this.#wanted !== null && !this.#wanted(ecosystem, name)) continue;
      const key = `${ecosystem} ${name}`;
      let entry = this.#packages.get(key);
      if (entry === undefined) {
        entry = { ecosystem, name, builder: new PackageBuilder(ecosystem, this.#keys) };
        this.#packages.set(key, entry);
      }
      entry.builder.add(record, affected);
    }
    return true;
  }

  /** How many of them were not withdrawn. */
  get inForce(): number {
    return this.#inForce;
  }

  /** Advisories that were taken. */
  get count(): number {
    return this.#count;
  }

  /** When the newest one was modified, in milliseconds since 1970. */
  get newest(): number | null {
    return this.#newest;
  }

  /** All packages in order, each with JSON of its `CompiledPackage`. */
  *packages(): Generator<{ ecosystem: Ecosystem; name: string; compiled: string }> {
    const sorted = [...this.#packages].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, { ecosystem, name, builder }] of sorted)
      yield { ecosystem, name, compiled: builder.done() };
  }
}
