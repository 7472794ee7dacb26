import { z } from 'zod';
import { instant, shortText } from './bounds.ts';
import { checkId } from './check-id.ts';
import { nodeId } from './node.ts';

const reason = z.string().trim().min(3, 'Say in a few words why').max(2_048);

/** An accepted risk: has a reason and an end, and reopens when its evidence changes. */
export const waiver = z.object({
  id: shortText,
  node: nodeId,
  check: checkId,
  reason,
  createdAt: instant,
  until: instant,
  /** SHA-256 of the evidence that was accepted (status, and what/seen of each entry). */
  evidenceHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Why it no longer holds: ran out, evidence changed, withdrawn; null while it holds. */
  ended: z.object({ at: instant, why: z.enum(['expired', 'evidence-changed', 'withdrawn']) }).nullable(),
});
export type Waiver = z.infer<typeof waiver>;

/** What a declaration can be about; `value` is compared exactly. */
export const declarationKind = z.enum([
  'interface', // value: name of an interface
  'resolver', // value: address
  'relay', // value: name of a service on the node
  'provider-key', // value: variable name @ place
  'plugin', // value: name@sha256
  'peer', // value: address or node id
  'service', // value: service proto/port reach, where reach is lan, public or vpn:INTERFACE; proto/port alone means lan
  'account', // value: user name
  'remote-model', // value: model name
]);
export type DeclarationKind = z.infer<typeof declarationKind>;

/** "This is meant": with a reason, kept in one list, named in the finding, counting as pass. */
export const declaration = z.object({
  id: shortText,
  /** Null: for every node. */
  node: nodeId.nullable(),
  kind: declarationKind,
  value: z.string().min(1).max(1_024),
  reason,
  createdAt: instant,
});
export type Declaration = z.infer<typeof declaration>;
