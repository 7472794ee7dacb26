import type { Evidence, Finding, FindingStatus } from './finding.ts';
import { capital, counted } from './words.ts';

/** What differs between two looks though nothing changed; each with what stands for it. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  // A process that was started anew is the same program.
  [/\bpids? ?[= ]?\d+(?:, ?\d+)*/gi, 'pid'],
  // Instants of the machine, such as when lists of packages were fetched.
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, 'then'],
  // Ages and offsets of a clock.
  [/-?\b\d+(?:\.\d+)? (ms|milliseconds?|seconds?|minutes?|hours?|days?|weeks?)\b/gi, '$1'],
  // Counters that run on by themselves: lines in the journal, records lost, logins of the moment, files like one another.
  [/\b\d+(?: (times\b|open now|entries\b|folders could not|links lead)|(, with room for))/g, '$1$2'],
  [/ and \d+ more like it/g, ''],
  [/\b\d+ other programs? runs?\b/g, 'other programs run'],
  // A socket that asks gets its port from the system: ip_local_port_range of ip(7) by default. TCP is not touched.
  [/:(?:3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|60\d{3})\/udp\b/g, ':any/udp'],
];

/**
 * Text of a piece of evidence without what changes by itself: process ids, instants, ages, counters, ports that the system
 * picked. Numbers that mean something stay: users, modes, ports of services, how many keys there are.
 */
export function steadyText(text: string): string {
  return VOLATILE.reduce((so, [pattern, by]) => so.replaceAll(pattern, by), text);
}

/** What tells one piece of evidence from another over restarts and nights. */
export function steadyEvidence(entry: Pick<Evidence, 'what' | 'seen'>): string {
  return `${steadyText(entry.what)}\n${steadyText(entry.seen)}`;
}

const WAITS: readonly FindingStatus[] = ['fix', 'review'];

/** How many entries one sentence names. */
const NAMED = 2;
const NAME_LENGTH = 160;

type Seen = Pick<Finding, 'status' | 'evidence' | 'evidenceOmitted'>;

/** What changed inside a finding whose status stayed. */
export interface InnerChange {
  /** Something more waits than before, or only something less. */
  direction: 'more' | 'less';
  /** One or two sentences: `Now also 0.0.0.0:8080 mycoswarm: every address.` */
  words: string;
}

const cut = (text: string) => (text.length <= NAME_LENGTH ? text : `${text.slice(0, NAME_LENGTH - 1)}…`);

function named(entries: readonly Evidence[]): string {
  const shown = entries.slice(0, NAMED).map((entry) => cut(`${entry.what}: ${entry.seen}`).toWellFormed());
  const left = entries.length - shown.length;
  return [...shown, ...(left > 0 ? [`${counted(left, 'thing')} more`] : [])].join('; ');
}

/**
 * What changed inside a finding that waits for a person, so that a second open door does not hide behind the first.
 * @param before the finding of the look before
 * @param after the finding now
 * @returns null when the status is another or waits for nobody, and when only volatile details differ
 */
export function innerChange(before: Seen, after: Seen): InnerChange | null {
  if (before.status !== after.status || !WAITS.includes(after.status)) return null;
  const waiting = (of: Seen) => of.evidence.filter((entry) => WAITS.includes(entry.status));
  if (before.evidenceOmitted > 0 || after.evidenceOmitted > 0) {
    // Which entries are listed is chance then; how many there are is not.
    const [was, is] = [before, after].map((of) => of.evidence.length + of.evidenceOmitted);
    if (was === undefined || is === undefined || was === is) return null;
    return { direction: is > was ? 'more' : 'less', words: `${is} things were seen, before ${was}.` };
  }
  const had = new Set(waiting(before).map(steadyEvidence));
  const added = distinct(waiting(after)).filter((entry) => !had.has(steadyEvidence(entry)));
  const present = new Set(waiting(after).map((entry) => steadyText(entry.what)));
  const gone = distinct(waiting(before)).filter((entry) => !present.has(steadyText(entry.what)));
  if (added.length === 0 && gone.length === 0) return null;
  const words = [
    ...(added.length > 0 ? [`now also ${named(added)}.`] : []),
    ...(gone.length > 0 ? [`no longer ${named(gone)}.`] : []),
  ];
  return { direction: added.length > 0 ? 'more' : 'less', words: words.map(capital).join(' ') };
}

function distinct(entries: readonly Evidence[]): Evidence[] {
  return [...new Map(entries.map((entry) => [steadyEvidence(entry), entry])).values()];
}
