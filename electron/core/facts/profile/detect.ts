import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { InstanceProfile, Profile, ProfileCorrection } from '#shared/domain/profile.ts';
import { applyCorrections } from './corrections.ts';
import { describeCandidate } from './describe.ts';
import { findCandidates } from './find-candidates.ts';
import { type InstallationHints, NO_HINTS } from './hints.ts';
import { knowledgeFrom } from './knowledge.ts';
import { withUniqueIds } from './unique-ids.ts';

export interface DetectInput {
  /** Subjects of round trip 1; `processes`, `units`, `sockets` and `accounts` are used where they were seen. */
  seen: Partial<Subjects>;
  /** Answer of the collector `installations`; null when it failed. */
  hints: InstallationHints | null;
  /** What the operator corrected on this node. */
  corrections: readonly ProfileCorrection[];
}

/** Bound of `profile.instances`. */
const MAX_INSTANCES = 16;

/**
 * The installations to be looked at when there are more than fit. Anybody may call a process `mycoswarm daemon`, and must
 * not push the real one off the list: what the operator named and what the system's own units start (which takes root)
 * come first, then the accounts take turns, each with its best first.
 */
function fitting(
  instances: readonly InstanceProfile[],
  corrected: ReadonlySet<string>,
  room: number,
): InstanceProfile[] {
  const weight = (instance: InstanceProfile) => (instance.unit ? 2 : 0) + (instance.running ? 1 : 0);
  const rank = (instance: InstanceProfile) => {
    if (corrected.has(instance.id)) return 0;
    // The id of a unit of an account's own manager ends in its uid: everybody makes as many of those as they like.
    return instance.unit !== null && instance.id === instance.unit ? 1 : 2;
  };
  const sorted = instances.toSorted(
    (a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const turns = new Map<number | null, number>();
  const kept = sorted
    .map((instance) => {
      const turn = turns.get(instance.uid) ?? 0;
      if (rank(instance) === 2) turns.set(instance.uid, turn + 1);
      return { instance, turn };
    })
    .toSorted((a, b) => rank(a.instance) - rank(b.instance) || a.turn - b.turn)
    .slice(0, room);
  const chosen = new Set(kept.map(({ instance }) => instance));
  return sorted.filter((instance) => chosen.has(instance));
}

/**
 * Finds out which installations of mycoSwarm a node has: by systemd, by hand in a virtual environment, by pip in a
 * user's home, running or stopped. Pure; the same input gives the same profile in the same order.
 * @returns the profile, without instances when there is no trace of mycoSwarm; corrected fields replace detected ones;
 * `omitted` counts the installations that did not fit
 */
export function detectProfile(input: DetectInput): Profile {
  const knowledge = knowledgeFrom(input.seen, input.hints ?? NO_HINTS);
  const described = findCandidates(knowledge).map((candidate) => ({
    candidate,
    instance: describeCandidate(candidate, knowledge),
  }));
  const unique = withUniqueIds(described, knowledge.sockets);
  const corrected = new Set(input.corrections.map((correction) => correction.instance));
  const declared = [...corrected].filter((id) => !unique.some((instance) => instance.id === id)).length;
  const room = Math.max(0, MAX_INSTANCES - declared);
  const listed = fitting(unique, corrected, room);
  const omitted = unique.length - listed.length;
  const profile = applyCorrections(listed, input.corrections, knowledge);
  const unseen = [
    ...(omitted > 0
      ? [{ path: '/proc', reason: `${omitted} more installations than the ${room} that are looked at` }]
      : []),
    ...(input.hints ? input.hints.closed : [{ path: '/', reason: 'the search for installations failed' }]),
  ];
  return {
    ...profile,
    ...(omitted > 0 ? { omitted } : {}),
    ...(unseen.length > 0 ? { unseen: unseen.slice(0, 64) } : {}),
  };
}
