/** A requirement as pip reads it (PEP 508, "Dependency specifiers"). */
export interface Requirement {
  /** Normalised as in PEP 503; null for a bare URL or path. */
  name: string | null;
  /** `>=2.0,<3`; empty when any version will do. */
  specifiers: string;
  /** The one version that it allows, or null when it floats. */
  pinned: string | null;
  url: string | null;
  /** It applies in some environments only. */
  hasMarker: boolean;
}

/** Name of a distribution as it is compared (PEP 503, "Normalized Names"). */
export function normalizedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Version without what PEP 440 ignores in comparisons that occur in lock files: case, a leading v, a local label stays. */
export function normalizedVersion(version: string): string {
  return version.trim().toLowerCase().replace(/^v/, '');
}

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*/;

/**
 * Reads one requirement. Bounded: longer than 4,096 characters is no requirement.
 * @returns null when it is none
 */
export function parseRequirement(text: string): Requirement | null {
  const line = text.trim();
  if (line === '' || line.length > 4_096) return null;
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(line);
  if (isUrl || /^(\.{1,2}\/|\/|file:)/.test(line))
    return { name: null, specifiers: '', pinned: null, url: line, hasMarker: false };
  const match = NAME.exec(line);
  if (match === null) return null;
  const name = normalizedName(match[1] ?? '');
  let rest = line.slice(match[0].length);
  if (rest.startsWith('@')) {
    const [url = ''] = rest
      .slice(1)
      .trim()
      .split(/\s+;|\s/);
    return { name, specifiers: '', pinned: null, url, hasMarker: rest.includes(' ;') };
  }
  const marker = rest.indexOf(';');
  if (marker >= 0) rest = rest.slice(0, marker);
  const specifiers = rest.replace(/^\(|\)\s*$/g, '').replace(/\s+/g, '');
  if (
    specifiers !== '' &&
    !specifiers.split(',').every((part) => /^(===|==|~=|!=|<=|>=|<|>)[^<>=!~]+$/.test(part))
  )
    return null;
  const exact = /^={2,3}([^,*]+)$/.exec(specifiers);
  return { name, specifiers, pinned: exact?.[1] ?? null, url: null, hasMarker: marker >= 0 };
}
