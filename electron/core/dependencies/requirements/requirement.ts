import { normalizedName } from '#shared/domain/dependencies/normalized-name.ts';
import { type Marker, parseMarker } from './marker.ts';

/** One clause of a version specifier (PEP 440, "Version specifiers"). */
export interface VersionClause {
  operator: '===' | '==' | '~=' | '!=' | '<=' | '>=' | '<' | '>';
  /** As written, with `.*` where it is a prefix. */
  version: string;
}

/** A requirement as pip reads it (PEP 508, "Dependency specifiers"). */
export interface Requirement {
  /** Normalised as in PEP 503; null for a bare URL or path. */
  name: string | null;
  /** Normalised names of the extras that are asked for. */
  extras: string[];
  /** `>=2.0,<3`; empty when any version will do. */
  specifiers: string;
  clauses: VersionClause[];
  /** The one version that it allows, or null when it floats. */
  pinned: string | null;
  url: string | null;
  /** It applies in some environments only. */
  hasMarker: boolean;
  /** In which; null when it has none. */
  marker: Marker | null;
}

/** No honest requirement is longer, in UTF-16 units; the longest on PyPI have some 300. */
export const MAX_REQUIREMENT = 4_096;

const HEAD = /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,254}[A-Za-z0-9])?)\s*(?:\[([^\]]{0,2048})\])?\s*/;
const CLAUSE = /^(===|==|~=|!=|<=|>=|<|>)\s*([^\s<>=~;,()[\]@]{1,256})$/;

function clausesOf(text: string): VersionClause[] | null {
  const inner = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
  if (inner.trim() === '') return [];
  const parts = inner.split(',').map((part) => part.trim());
  // pip takes a comma at the end.
  if (parts.at(-1) === '') parts.pop();
  const clauses: VersionClause[] = [];
  for (const part of parts) {
    const match = CLAUSE.exec(part);
    if (match === null) return null;
    const operator = (match[1] ?? '') as VersionClause['operator'];
    const version = match[2] ?? '';
    // A prefix may only be compared for being the same (PEP 440, "Version matching").
    if (version.includes('*') && (!/^[^*]+\.\*$/.test(version) || !['==', '!=', '==='].includes(operator)))
      return null;
    clauses.push({ operator, version });
  }
  return clauses;
}

function pinnedBy(clauses: readonly VersionClause[]): string | null {
  const [only, ...more] = clauses;
  if (only === undefined || more.length > 0) return null;
  return (only.operator === '==' || only.operator === '===') && !only.version.includes('*')
    ? only.version
    : null;
}

/**
 * Reads one requirement. Bounded: longer than 4,096 characters is no requirement.
 * @returns null when it is none
 */
export function parseRequirement(text: string): Requirement | null {
  const line = text.trim();
  if (line === '' || line.length > MAX_REQUIREMENT) return null;
  const bare = { extras: [], specifiers: '', clauses: [], pinned: null, hasMarker: false, marker: null };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(line) || /^(\.{1,2}(\/|$)|\/|file:)/.test(line)) {
    // An address ends at white space; what follows it is a marker.
    const [url = '', ...rest] = line.split(/\s+/);
    const tail = rest.join(' ');
    if (tail === '') return { ...bare, name: null, url };
    const marker = tail.startsWith(';') ? parseMarker(tail.slice(1)) : null;
    return marker === null ? null : { ...bare, name: null, url, hasMarker: true, marker };
  }
  const head = HEAD.exec(line);
  if (head === null) return null;
  const name = normalizedName(head[1] ?? '');
  const extras = (head[2] ?? '')
    .split(',')
    .map((extra) => normalizedName(extra.trim()))
    .filter(Boolean);
  let rest = line.slice(head[0].length);
  if (rest.startsWith('@')) {
    const [url = '', ...after] = rest.slice(1).trim().split(/\s+/);
    const tail = after.join(' ');
    if (url === '') return null;
    if (tail === '') return { ...bare, name, extras, url };
    const marker = tail.startsWith(';') ? parseMarker(tail.slice(1)) : null;
    return marker === null ? null : { ...bare, name, extras, url, hasMarker: true, marker };
  }
  const at = rest.indexOf(';');
  const marker = at >= 0 ? parseMarker(rest.slice(at + 1)) : null;
  if (at >= 0 && marker === null) return null;
  if (at >= 0) rest = rest.slice(0, at);
  const clauses = clausesOf(rest.trim());
  if (clauses === null) return null;
  const specifiers = clauses.map(({ operator, version }) => `${operator}${version}`).join(',');
  return {
    name,
    extras,
    specifiers,
    clauses,
    pinned: pinnedBy(clauses),
    url: null,
    hasMarker: marker !== null,
    marker,
  };
}
