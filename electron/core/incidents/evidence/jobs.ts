import type { EvidenceSubject } from '#shared/domain/incident/evidence.ts';
import { lastingJobs, remainingJobs } from './lasting-jobs.ts';
import type { AgentPlaces } from './places.ts';
import { volatileJobs } from './volatile-jobs.ts';

/** What one shell of a round trip takes; when it hangs, only that is missing. */
export interface EvidenceJob {
  subject: EvidenceSubject;
  /** Milliseconds after which it is ended. */
  budgetMs: number;
  /** Calls of the functions of `evidenceScript`. */
  body: string;
}

/** Bytes that the jobs of one subject may bring; what is beyond that is cut and said. */
export const JOB_BYTES: Readonly<Record<EvidenceSubject, number>> = {
  processes: 24 * 1024 * 1024,
  sockets: 16 * 1024 * 1024,
  network: 4 * 1024 * 1024,
  rules: 16 * 1024 * 1024,
  sessions: 24 * 1024 * 1024,
  memory: 24 * 1024 * 1024,
  persistence: 32 * 1024 * 1024,
  packages: 16 * 1024 * 1024,
  logs: 96 * 1024 * 1024,
  hashes: 24 * 1024 * 1024,
};

/** A round trip of evidence: its jobs run side by side, and the next one begins when they are done. */
export interface EvidenceTrip {
  /** What is being done, for a person who waits. */
  doing: string;
  jobs: EvidenceJob[];
}

/** @returns the trips in order of volatility: what passes soonest first (RFC 3227, section 2.1) */
export function evidenceTrips(places: AgentPlaces): EvidenceTrip[] {
  return [
    { doing: 'Running programs, connections, rules, logins', jobs: volatileJobs(places) },
    { doing: 'What starts by itself, and what is installed', jobs: lastingJobs(places) },
    { doing: 'Logs, and hashes of the files of the agent', jobs: remainingJobs(places) },
  ];
}
