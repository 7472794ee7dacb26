import type { NodeCredentials } from '#shared/domain/incident/credentials.ts';
import type { ArchiveVerdict, EvidenceProgress, EvidenceSummary } from '#shared/domain/incident/evidence.ts';
import type { HuntQuery, HuntResult } from '#shared/domain/incident/hunt.ts';
import type { TimelinePage, TimelineQuery } from '#shared/domain/incident/timeline.ts';
import type { BaselineSummary, WorkspaceAudit } from '#shared/domain/incident/workspace.ts';
import type { NodeId } from '#shared/domain/node.ts';

/**
 * Preserving and investigating: everything in it reads, and changes no node. Each rejects with ConsoleError (what happened, what
 * was left untouched, what to do), and with AbortError when it is called off.
 */
export interface Investigation {
  /**
   * Takes evidence of a node into one archive on this computer, what passes soonest first. One item that hangs or fails does not
   * stop the others; a node that is lost in the middle leaves an archive marked `partial`.
   * @param how.incident the incident that it belongs to, or null
   */
  preserve(
    node: NodeId,
    how: {
      incident: string | null;
      onProgress?: ((progress: EvidenceProgress) => void) | undefined;
      signal?: AbortSignal | undefined;
    },
  ): Promise<EvidenceSummary>;
  /** @returns archives that this console took and that still lie there, newest first */
  archives(): Promise<EvidenceSummary[]>;
  /** Holds an archive against itself, and against the ledger where that knows it. Nothing of it is written anywhere. */
  verifyArchive(file: string, signal?: AbortSignal): Promise<ArchiveVerdict>;
  /** Takes the baseline of a node's workspace, plugins and start files, and keeps it here in place of the former one. */
  takeBaseline(
    node: NodeId,
    reason: BaselineSummary['reason'],
    signal?: AbortSignal,
  ): Promise<BaselineSummary>;
  /** @returns what is kept of a node, or null */
  baseline(node: NodeId): Promise<BaselineSummary | null>;
  /** @param against the kept baseline, or an instant (ISO 8601) since when */
  auditWorkspace(
    node: NodeId,
    against: 'baseline' | { since: string },
    signal?: AbortSignal,
  ): Promise<WorkspaceAudit>;
  /** Asks all nodes at once; one that does not answer costs no other any time. Answers within ten seconds. */
  hunt(query: HuntQuery, signal?: AbortSignal): Promise<HuntResult>;
  timeline(query: TimelineQuery): Promise<TimelinePage>;
  /** Every credential that the agents of a node could read: names and places, never a value. */
  credentials(node: NodeId, signal?: AbortSignal): Promise<NodeCredentials>;
}
