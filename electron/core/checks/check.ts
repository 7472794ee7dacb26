import type { CheckId } from '#shared/domain/check-id.ts';
import type { Declaration } from '#shared/domain/decision.ts';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { Knock } from '#shared/domain/facts/knocks.ts';
import type { Finding } from '#shared/domain/finding.ts';
import type { Settings } from '#shared/domain/settings.ts';
import type { LogEvidence } from './log-evidence.ts';

/** All that a check may know. No clock, no disk, no network: the same input gives the same finding, byte for byte. */
export interface CheckInput {
  facts: Facts;
  /** The name that sentences use for the node. */
  nodeName: string;
  /** "Now" for the check: `facts.collectedAt`. */
  now: Date;
  settings: Pick<Settings, 'secretMaxAgeDays' | 'updateMaxAgeDays' | 'clockToleranceMs'>;
  /** Declarations for this node and for all nodes. */
  declarations: readonly Declaration[];
  /**
   * Fingerprints of the swarm secrets of the operator's other nodes, made with the same salt, null for one that could not
   * be read. Left out when there are no other nodes and for recorded facts.
   */
  otherNodes?: readonly { nodeName: string; fingerprints: readonly (string | null)[] }[];
  /**
   * Addresses of the operator's other nodes, and the port of their API: from their place in the console and their last looks.
   * Left out when there are no other nodes and for recorded facts.
   */
  swarm?: readonly { nodeName: string; addresses: readonly string[]; port: number }[];
  /**
   * What the operator's other nodes could reach on this one when they were looked at last. Left out when there are none and for recorded
   * facts; what the console itself reached is among the facts.
   */
  knocks?: readonly { nodeName: string; at: string; knocks: readonly Knock[]; why: string | null }[];
  /**
   * The packages among these facts against the advisories of this console, as they stood when it was judged. Left out where nobody
   * compared them.
   */
  packages?: DependencyReport;
  /** What the logs of the node showed. Left out where none are kept, and for recorded facts. */
  logs?: LogEvidence;
}

/** A check: a pure function from facts to a finding. */
export interface Check {
  id: CheckId;
  run(input: CheckInput): Finding;
}
