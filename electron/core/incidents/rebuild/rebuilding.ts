import type { CheckId } from '#shared/domain/check-id.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import type { KitProposal, RebuildKit, RebuildWish } from '#shared/domain/incident/rebuild.ts';
import type { NodeBefore } from '#shared/domain/incident/rebuild-state.ts';
import type { NodeId } from '#shared/domain/node.ts';

/** What is known of a node that wants to work with the others again, at this moment. Null always means: not known. */
export interface NodeNow {
  /** `SHA256:…` of every host key by which this console knows it. */
  hostKeys: readonly string[];
  nodeId: string | null;
  level: number | null;
  findings: Readonly<Partial<Record<CheckId, FindingStatus>>>;
  /** When the facts were collected that both are from. */
  lookedAt: string | null;
  /** By the newest rotation that was decided. */
  secret: { isInForce: boolean; provenAt: string | null } | null;
  baselineAt: string | null;
}

/** Setting nodes up anew. Nothing in it changes a node; each rejects with ConsoleError (what happened, what was left untouched, what to do). */
export interface Rebuilding {
  /** How a node was at an instant, by the records of this console; asks nobody. */
  before(node: NodeId, at: string): Promise<NodeBefore>;
  /** Reads the id of mycoSwarm on the node; null when it cannot be read. Never rejects. */
  nodeId(node: NodeId): Promise<string | null>;
  /** Asks the node for its id, and takes everything else from the records. */
  now(node: NodeId): Promise<NodeNow>;
  proposal(node: NodeId): Promise<KitProposal>;
  kit(wish: RebuildWish): Promise<RebuildKit>;
  /**
   * Asks the machine at the address of the node for its host keys and takes the one of this code for it, in place of all former ones, where it
   * lets this console in with it. Asking twice is harmless.
   * @param account by which it is reached from then on; null: as before
   * @returns fingerprint of the key
   */
  meet(node: NodeId, code: string, account: string | null): Promise<string>;
}
