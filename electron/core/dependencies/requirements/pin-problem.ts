import type { Severity } from '#shared/domain/finding.ts';
import type { Requirement } from './requirement.ts';

/** What lets an install differ from the last one, or run what nobody chose. */
export type PinKind =
  | 'range'
  | 'no-hash'
  | 'address'
  | 'editable'
  | 'second-index'
  | 'own-index'
  | 'unverified-host'
  | 'source-only'
  | 'install-code'
  | 'system-packages'
  | 'remote-script'
  | 'not-followed'
  | 'unread';

/** One such thing, and where it stands. */
export interface PinProblem {
  kind: PinKind;
  /** As written, without user and password of an address. */
  text: string;
  seen: string;
  severity: Severity;
  /** Path of the file. */
  place: string;
  /** Number of the line, from 1; null where the format has none that are told. */
  line: number | null;
}

const WORDS: Readonly<Record<PinKind, { seen: string; severity: Severity }>> = {
  range: { seen: 'a range, not one version', severity: 'medium' },
  'no-hash': { seen: 'an exact version without a hash', severity: 'low' },
  address: { seen: 'from an address, outside the index', severity: 'medium' },
  editable: { seen: 'installed as a link to its source', severity: 'low' },
  'second-index': { seen: 'a second index: the same name there can win', severity: 'high' },
  'own-index': { seen: 'an index of its own', severity: 'low' },
  'unverified-host': { seen: 'takes packages without checking who sends them', severity: 'high' },
  'source-only': { seen: 'built from source: its set-up code runs at install', severity: 'medium' },
  'install-code': { seen: 'code that runs when it is installed from source', severity: 'low' },
  'system-packages': { seen: 'writes into the Python of the system', severity: 'medium' },
  'remote-script': { seen: 'runs whatever a server sends at that moment', severity: 'high' },
  'not-followed': { seen: 'takes in a file that was not read', severity: 'low' },
  unread: { seen: 'could not be understood', severity: 'low' },
};

/** No evidence quotes more of a line. */
const SHOWN = 1_024;

/** One problem in the usual words of its kind, or in `seen`. */
export function pinProblem(
  kind: PinKind,
  text: string,
  place: string,
  line: number | null = null,
  seen: string = WORDS[kind].seen,
): PinProblem {
  return { kind, text: text.slice(0, SHOWN), seen, severity: WORDS[kind].severity, place, line };
}

/** What is open about one requirement: an address, any version, a range; nothing for one exact version. */
export function problemsOfRequirement(
  requirement: Requirement | null,
  text: string,
  place: string,
  line: number | null = null,
): PinProblem[] {
  if (requirement === null) return [pinProblem('unread', text, place, line)];
  if (requirement.url !== null) return [pinProblem('address', text, place, line)];
  if (requirement.pinned !== null) return [];
  const seen = requirement.specifiers === '' ? 'any version' : undefined;
  return [pinProblem('range', text, place, line, seen)];
}
