import type { SeenFile } from './log-reach.ts';

/** What names a file without its content. */
export type Identity = Pick<SeenFile, 'device' | 'inode' | 'bornAt'>;

/** @returns whether both have one inode, and not one that was used again; content is another question */
export function isSameFile(one: Identity, other: Identity): boolean {
  if (one.device !== other.device || one.inode !== other.inode) return false;
  return one.bornAt === other.bornAt || one.bornAt === 0 || other.bornAt === 0;
}
