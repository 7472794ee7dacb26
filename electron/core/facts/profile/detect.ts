import type { Subjects } from '#shared/domain/facts/facts.ts';
import type { InstanceProfile, Profile, ProfileCorrection } from '#shared/domain/profile.ts';
import { applyCorrections } from './corrections.ts';
import { describeCandidate } from './describe.ts';
import { findCandidates } from './find-candidates.ts';
import { type InstallationHints, NO_HINTS } from './hints.ts';
import { knowledgeFrom } from './knowledge.ts';

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
 * Finds out which installations of mycoSwarm a node has: by systemd, by hand in a virtual environment, by pip in a
 * user's home, running or stopped. Pure; the same input gives the same profile in the same order.
 * @returns the profile, without instances when there is no trace of mycoSwarm; corrected fields replace detected ones
 */
export function detectProfile(input: DetectInput): Profile {
  const knowledge = knowledgeFrom(input.seen, input.hints ?? NO_HINTS);
  const detected = findCandidates(knowledge).map((candidate) => describeCandidate(candidate, knowledge));
  const unique = [...new Map(detected.map((instance) => [instance.id, instance])).values()];
  // Units first: anybody may call a process `mycoswarm daemon`, and must not push the real one off the list.
  const weight = (instance: InstanceProfile) => (instance.unit ? 2 : 0) + (instance.running ? 1 : 0);
  unique.sort((a, b) => weight(b) - weight(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const profile = applyCorrections(unique.slice(0, MAX_INSTANCES), input.corrections, knowledge);
  const unseen = input.hints
    ? input.hints.closed
    : [{ path: '/', reason: 'the search for installations failed' }];
  return unseen.length > 0 ? { ...profile, unseen: unseen.slice(0, 64) } : profile;
}
