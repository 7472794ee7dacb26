import type { Severity } from '#shared/domain/dependencies/advisory.ts';

/** What happens at a place of a range: 0 introduced, 1 fixed, 2 last affected. In the order in which they are met. */
export type EventKind = 0 | 1 | 2;

/** Events in the order of versions, each with the key of its version; `fixed` ones keep how it is written. */
export type CompiledEvent = readonly [kind: EventKind, key: string, written?: string];

/** A range that can be compared by comparing keys. */
export interface CompiledRange {
  events: readonly CompiledEvent[];
  /** Upper ends, of which a version has to be below one; none: no limit. */
  limits?: readonly string[];
  /**
   * A range by Semantic Versioning is compiled twice: with its keys, for an installed version that is written so, and as PEP 440
   * would have it, for any other. Absent: for every installed version, by PEP 440.
   */
  for?: 'semver' | 'others';
}

/** What one advisory says of one package. */
export interface CompiledAdvisory {
  id: string;
  aliases: readonly string[];
  severity: Severity;
  score: number | null;
  malware?: true;
  /** One line. */
  summary: string;
  ranges: readonly CompiledRange[];
  /** Affected versions by place in the package's list: first and last of each run, by turns. */
  listed: readonly number[];
  /** Why a version cannot be compared with all of it; absent when it can. */
  unclear?: string;
}

/** All that is known of one package. */
export interface CompiledPackage {
  /** Keys of all versions that any advisory lists, each once. */
  versions: readonly string[];
  advisories: readonly CompiledAdvisory[];
}
