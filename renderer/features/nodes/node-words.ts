import type { Standing } from '#shared/contract/findings.ts';
import type { NodeGlance } from '#shared/contract/found-nodes.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import type { ShownStatus } from '../../components/status-words.ts';

/** @returns how the console reaches a node: `This computer`, `minotaur@naru.local`, `The sample node` */
export function addressWords({ address }: SwarmNode): string {
  if (address.kind === 'local') return 'This computer';
  if (address.kind === 'recorded') return address.sample ? 'The sample node' : 'Recorded facts';
  const host = address.user ? `${address.user}@${address.host}` : address.host;
  return address.port === 22 ? host : `${host}, port ${address.port}`;
}

/** @returns the one status that stands for a node in a list: asleep, then its worst */
export function standingStatus(node: SwarmNode, standing: Standing | undefined): ShownStatus {
  if (node.lastError !== null) return 'asleep';
  if (!standing || node.lastLookAt === null) return 'unknown';
  const { counts } = standing;
  if (counts.fix > 0) return 'fix';
  if (counts.review > 0) return 'review';
  return counts.pass > 0 ? 'pass' : 'unknown';
}

/** @returns what of mycoSwarm runs there, in a few words; null when there is nothing to say */
export function profileWords(glance: NodeGlance | undefined): string | null {
  const seen = glance?.mycoSwarm;
  if (!seen || seen.installations === 0) return null;
  if (seen.installations > 1) return `${seen.installations} × mycoSwarm, ${seen.running} running`;
  const name = `mycoSwarm ${visible(seen.version ?? '')}`.trim();
  return seen.running === 0 ? `${name}, stopped` : name;
}
