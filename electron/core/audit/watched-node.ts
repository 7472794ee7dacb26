import { hash } from 'node:crypto';
import type { SourceTarget } from '#shared/domain/audit/source.ts';
import type { NodeAddress } from '#shared/domain/node.ts';
import type { Follower } from './follow/follower.ts';

/** A node whose logs are followed, as the thread of the audit is told of it. */
export interface WatchedNode {
  id: string;
  name: string;
  address: NodeAddress;
  /** Minutes east of UTC in which its logs write times without a zone. */
  utcOffsetMinutes: number;
  /** Sources that its profile tells of. */
  found: readonly { target: SourceTarget; name: string }[];
}

/** Opens what follows one source. @param position where an earlier one ended; null at the beginning */
export type OpenFollower = (node: WatchedNode, target: SourceTarget, position: unknown) => Follower;

/** @returns the id of a source: the same for the same thing on the same node for ever */
export function sourceIdOf(node: string, target: SourceTarget): string {
  return hash('sha256', JSON.stringify([node, target]), 'hex').slice(0, 20);
}

/** @returns what a source is called that a person added */
export function targetName(target: SourceTarget): string {
  if (target.kind === 'file') return target.path.slice(-256);
  if (target.kind === 'pattern') return target.pattern.slice(-256);
  return target.unit === null ? 'journal' : `journal of ${target.unit}`.slice(0, 256);
}
