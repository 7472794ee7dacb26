import { z } from 'zod';
import type { CheckInput } from '#core/checks/check.ts';
import { nodeId } from '#shared/domain/node.ts';
import type { Context } from './context.ts';

/** The little of stored facts that is needed here; the rest of them is not read again for every node. */
const stored = z.object({
  subjects: z.object({
    mycoswarm: z.object({
      value: z.object({
        tokens: z
          .array(z.object({ exists: z.boolean(), fingerprint: z.string().max(64).nullable() }))
          .max(16),
      }),
    }),
  }),
});

/**
 * Fingerprints of the swarm secrets of the operator's other nodes, from their last looks: equal fingerprints mean equal
 * secrets, for all were made with this console's salt. Recordings are left out; theirs were made elsewhere.
 * @returns for the input of a check: nothing when there is no other node with a secret
 */
export async function otherSecrets(
  context: Pick<Context, 'store'>,
  node: string,
): Promise<Pick<CheckInput, 'otherNodes'>> {
  const nodes = await context.store.listNodes();
  if (nodes.find((entry) => entry.id === node)?.address.kind === 'recorded') return {};
  const others: { nodeName: string; fingerprints: (string | null)[] }[] = [];
  for (const other of nodes) {
    if (other.id === node || other.address.kind === 'recorded') continue;
    const text = await context.store.facts({ node: nodeId.parse(other.id) });
    if (text === null) continue;
    const facts = stored.safeParse(JSON.parse(text));
    const tokens = facts.success
      ? facts.data.subjects.mycoswarm.value.tokens.filter((token) => token.exists)
      : [];
    if (tokens.length > 0)
      others.push({ nodeName: other.name, fingerprints: tokens.map((token) => token.fingerprint) });
  }
  return others.length > 0 ? { otherNodes: others } : {};
}
