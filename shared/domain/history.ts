import type { FindingStatus } from './finding.ts';
import { worstStatus } from './level.ts';

/** What is remembered of one check on one node, besides its latest finding. Instants are ISO 8601 in UTC. */
export interface StatusTrack {
  status: FindingStatus;
  /** The status that the evidence itself gives: another one only while `status` is `waived`. */
  underneath: FindingStatus;
  /** When it began to be so, whether accepted or not. */
  since: string;
  /** When this status was seen last. */
  lastSeen: string;
  /** The status before, and when it was seen last: "was fine until yesterday 21:04". Null at the first look. */
  before: { status: FindingStatus; until: string } | null;
}

/**
 * Adds one observation to what is remembered. Observations come in the order in which they were made; their instants
 * may go backwards when a clock was set, and then the order counts and not the clock.
 *
 * Accepting a risk, and taking that back, changes what the operator thinks of it and not how long it has been so: while the
 * status underneath stays, `since` and `before` stay as well.
 * @param track what is remembered so far; null at the first look
 * @param seen what was seen now; `underneath` is the status that the evidence itself gives
 * @returns what is remembered from now on, and whether the status is another than before (true at the first look)
 */
export function foldStatus(
  track: StatusTrack | null,
  seen: { at: string; status: FindingStatus; underneath: FindingStatus },
): { track: StatusTrack; changed: boolean } {
  const now = { status: seen.status, underneath: seen.underneath, lastSeen: seen.at };
  if (track === null) return { track: { ...now, since: seen.at, before: null }, changed: true };
  const changed = track.status !== seen.status;
  if (track.underneath === seen.underneath) return { track: { ...track, ...now }, changed };
  const before = { status: track.status, until: track.lastSeen };
  return { track: { ...now, since: seen.at, before }, changed };
}

/**
 * The status that stands for a day: the worst that was seen on it.
 * @param day what stands for the day so far; null when nobody looked yet
 */
export function foldDay(day: FindingStatus | null, seen: FindingStatus): FindingStatus {
  return day === null ? seen : worstStatus([day, seen]);
}

/**
 * The days up to and including `last`, oldest first, as `YYYY-MM-DD`.
 * @param last the newest day
 * @param count how many days, at least 1
 */
export function daysUpTo(last: string, count: number): string[] {
  const end = Date.parse(`${last}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(end - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10),
  );
}
