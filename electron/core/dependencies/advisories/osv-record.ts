import type { AffectedRange, RangeEvent } from '#shared/domain/dependencies/advisory.ts';
import type { Ecosystem } from '#shared/domain/dependencies/inventory.ts';
import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';

/** A package that an advisory is about, as far as the record tells it. */
export interface OsvAffected {
  ecosystem: Ecosystem;
  /** As it is compared: PEP 503 for PyPI. */
  name: string;
  ranges: readonly AffectedRange[];
  versions: readonly string[];
  scores: readonly OsvScore[];
}

/** `severity[]`: `CVSS_V2`, `CVSS_V3`, `CVSS_V4` with a vector, or another type with whatever it has. */
export interface OsvScore {
  type: string;
  score: string;
}

/** An advisory in the OSV schema, version 1.7 (ossf.github.io/osv-schema), as far as it is used here. */
export interface OsvRecord {
  id: string;
  /** Milliseconds since 1970. */
  modified: number;
  published: number | null;
  withdrawn: number | null;
  aliases: readonly string[];
  /** Close to this one, and not the same: shown, and never taken for it. */
  related: readonly string[];
  /** What this one was made from: that it came down from there says nothing of versions here. */
  upstream: readonly string[];
  summary: string;
  details: string;
  scores: readonly OsvScore[];
  /** `database_specific.severity`: LOW, MODERATE, HIGH or CRITICAL in the advisories of GitHub. */
  severityWord: string | null;
  /** Filed as malware, by its own id, an alias, or the mark of the malicious packages project. */
  malware: boolean;
  references: readonly string[];
  /** Of the ecosystems that are looked at; empty when it is about others. */
  affected: readonly OsvAffected[];
}

/** Bounds: no advisory that was ever published comes near. */
const MOST = {
  aliases: 1_024,
  affected: 4_096,
  ranges: 1_024,
  events: 4_096,
  versions: 100_000,
  others: 1_024,
};
const LONGEST_ID = 128;
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;
/** Names under which Ollama's own advisories are filed. */
const GO_MODULES = new Set(['github.com/ollama/ollama', 'github.com/jmorganca/ollama']);
const EVENTS = ['introduced', 'fixed', 'last_affected', 'limit'] as const;

class Wrong extends Error {}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list under a key; absent and null are an empty one, as the schema says. */
function list(from: Json, key: string, most: number): readonly unknown[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new Wrong(`"${key}" is no list`);
  if (value.length > most) throw new Wrong(`"${key}" has ${value.length} entries; at most ${most} are read`);
  return value;
}

function text(value: unknown, key: string, most: number): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new Wrong(`"${key}" is no text`);
  return value.slice(0, most);
}

function time(value: unknown, key: string): number | null {
  if (value === undefined || value === null) return null;
  const at = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new Wrong(`"${key}" is no time`);
  return at;
}

function ids(from: Json, key: string): string[] {
  const found: string[] = [];
  for (const value of list(from, key, MOST.aliases))
    if (typeof value === 'string' && value.length <= LONGEST_ID && ID.test(value)) found.push(value);
  return found;
}

function scores(from: Json): OsvScore[] {
  return list(from, 'severity', MOST.others).flatMap((entry) =>
    isObject(entry) && typeof entry.type === 'string' && typeof entry.score === 'string'
      ? [{ type: entry.type.slice(0, 32), score: entry.score.slice(0, 512) }]
      : [],
  );
}

function events(from: Json): RangeEvent[] {
  const found: RangeEvent[] = [];
  for (const entry of list(from, 'events', MOST.events)) {
    if (!isObject(entry)) throw new Wrong('an event is no object');
    for (const kind of EVENTS) {
      const version = entry[kind];
      if (version === undefined || version === null) continue;
      if (typeof version !== 'string') throw new Wrong(`"${kind}" is no text`);
      found.push({ kind, version });
    }
  }
  return found;
}

function ranges(from: Json): AffectedRange[] {
  return list(from, 'ranges', MOST.ranges).map((entry): AffectedRange => {
    if (!isObject(entry)) throw new Wrong('a range is no object');
    const { type } = entry;
    if (type !== 'ECOSYSTEM' && type !== 'SEMVER' && type !== 'GIT')
      throw new Wrong('a range has no known "type"');
    // Commits are never compared with versions.
    return { type, events: type === 'GIT' ? [] : events(entry) };
  });
}

function ecosystemOf(value: unknown, name: string): Ecosystem | null {
  if (typeof value !== 'string') return null;
  // A suffix after a colon names a part of the ecosystem.
  const main = value.split(':', 1)[0];
  if (main === 'PyPI') return 'PyPI';
  return main === 'Go' && GO_MODULES.has(name) ? 'Go' : null;
}

function affected(from: Json): OsvAffected[] {
  return list(from, 'affected', MOST.affected).flatMap((entry): OsvAffected[] => {
    if (!isObject(entry)) throw new Wrong('an entry of "affected" is no object');
    const pack = entry.package;
    if (!isObject(pack) || typeof pack.name !== 'string') return [];
    const ecosystem = ecosystemOf(pack.ecosystem, pack.name);
    if (ecosystem === null) return [];
    const name = ecosystem === 'PyPI' ? normalizedName(pack.name) : pack.name;
    if (name === '' || name.length > 256) throw new Wrong('the name of a package is empty or too long');
    const versions = list(entry, 'versions', MOST.versions);
    for (const version of versions) if (typeof version !== 'string') throw new Wrong('a version is no text');
    return [
      { ecosystem, name, ranges: ranges(entry), versions: versions as string[], scores: scores(entry) },
    ];
  });
}

function references(from: Json): string[] {
  return list(from, 'references', MOST.others).flatMap((entry) =>
    isObject(entry) && typeof entry.url === 'string' ? [entry.url.slice(0, 2_048)] : [],
  );
}

/**
 * Reads one advisory. Unknown fields are of no account; known ones of another type make it none.
 * @param value parsed JSON from anywhere
 */
export function readOsvRecord(value: unknown): { ok: OsvRecord } | { wrong: string } {
  try {
    if (!isObject(value)) throw new Wrong('it is no JSON object');
    const { id } = value;
    if (typeof id !== 'string' || id.length > LONGEST_ID || !ID.test(id)) throw new Wrong('it has no "id"');
    const modified = time(value.modified, 'modified');
    if (modified === null) throw new Wrong('it does not say when it was modified');
    const specific = isObject(value.database_specific) ? value.database_specific : {};
    const aliases = ids(value, 'aliases');
    return {
      ok: {
        id,
        modified,
        published: time(value.published, 'published'),
        withdrawn: time(value.withdrawn, 'withdrawn'),
        aliases,
        related: ids(value, 'related'),
        upstream: ids(value, 'upstream'),
        summary: text(value.summary, 'summary', 1_024),
        details: text(value.details, 'details', 16_384),
        scores: scores(value),
        severityWord: typeof specific.severity === 'string' ? specific.severity.slice(0, 32) : null,
        malware:
          [id, ...aliases].some((name) => name.startsWith('MAL-')) ||
          'malicious-packages-origins' in specific,
        references: references(value),
        affected: affected(value),
      },
    };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message };
    throw error;
  }
}
