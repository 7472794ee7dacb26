import { z } from 'zod';
import { instant, shortText, shownMessage, shownName } from '../bounds.ts';
import { checkId } from '../check-id.ts';
import { findingStatus } from '../finding.ts';
import { sha256Hex } from './evidence.ts';

/** How a node was before: what it has to be again, and what it must not have any more. Null always means: not known. */
export const nodeBefore = z.object({
  at: instant,
  /** `SHA256:…` of every host key by which this console knew it. */
  hostKeys: z.array(shortText).max(16),
  /** Id of mycoSwarm on it. */
  nodeId: shortText.nullable(),
  /** 0 to 4. */
  level: z.int().min(0).max(4).nullable(),
  findings: z.partialRecord(checkId, findingStatus),
});
export type NodeBefore = z.infer<typeof nodeBefore>;

/** What is on record of a node that is set up anew. */
export const rebuildState = z.object({
  before: nodeBefore.nullable().default(null),
  /** The newest kit: SHA-256 over the hashes of its files, and for whom it makes the account. */
  kit: z
    .object({ at: instant, sha256: sha256Hex, hostName: shortText, account: shortText })
    .nullable()
    .default(null),
  /** The newest host key of which a person typed the code. */
  hostKey: z
    .object({ at: instant, fingerprint: shortText, isNew: z.boolean(), who: shownName })
    .nullable()
    .default(null),
  /** The gate was left open on purpose: who decided it, and why. */
  override: z
    .object({ at: instant, who: shownName, words: shownMessage(2_048) })
    .nullable()
    .default(null),
});
export type RebuildState = z.infer<typeof rebuildState>;

export const NOTHING_REBUILT: RebuildState = { before: null, kit: null, hostKey: null, override: null };
