import { z } from 'zod';
import type { NodeGlance } from '#shared/contract/found-nodes.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { Context } from './context.ts';

/** The little of stored facts that is needed here. */
const stored = z.object({
  profile: z
    .object({
      instances: z.array(z.object({ running: z.boolean(), version: z.string().max(256).nullable() })).max(64),
    })
    .nullable()
    .catch(null),
  subjects: z.object({
    identity: z
      .object({ value: z.object({ skewMs: z.number().nullable() }) })
      .nullish()
      .catch(null),
    interfaces: z
      .object({
        value: z.object({
          interfaces: z
            .array(z.object({ addresses: z.array(z.object({ address: z.string().max(256) })).max(256) }))
            .max(1_024),
        }),
      })
      .nullish()
      .catch(null),
  }),
});

/** What is kept of the last look at a node. */
export interface Glance extends Omit<NodeGlance, 'node'> {
  /** Every address that any of its interfaces had. */
  addresses: string[];
}

const NOTHING: Glance = { skewMs: null, mycoSwarm: null, addresses: [] };

/**
 * A short view of the last look at each node. Facts are large: those of one look are read once.
 * @returns what asks for nodes as they are in the list now
 */
export function createGlances(context: Pick<Context, 'store'>): (node: SwarmNode) => Promise<Glance> {
  const kept = new Map<string, { lookedAt: string; glance: Glance }>();
  return async ({ id, lastLookAt }) => {
    if (lastLookAt === null) return NOTHING;
    const known = kept.get(id);
    if (known?.lookedAt === lastLookAt) return known.glance;
    const glance = glanceOf(await context.store.facts({ node: id }));
    kept.set(id, { lookedAt: lastLookAt, glance });
    return glance;
  };
}

/** @param text JSON of stored facts */
function glanceOf(text: string | null): Glance {
  const read = text === null ? null : stored.safeParse(JSON.parse(text));
  if (!read?.success) return NOTHING;
  const { profile, subjects } = read.data;
  const running = (profile?.instances ?? []).filter((instance) => instance.running);
  const [first] = running.length > 0 ? running : (profile?.instances ?? []);
  return {
    skewMs: subjects.identity?.value.skewMs ?? null,
    mycoSwarm: profile && {
      installations: profile.instances.length,
      running: running.length,
      version: first?.version ?? null,
    },
    addresses: (subjects.interfaces?.value.interfaces ?? []).flatMap((face) =>
      face.addresses.map(({ address }) => address),
    ),
  };
}
