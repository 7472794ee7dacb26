import { z } from 'zod';
import { findSources } from '#core/audit/sources.ts';
import type { WatchedNode } from '#core/audit/watched-node.ts';
import { identityFacts } from '#shared/domain/facts/machine.ts';
import { observation } from '#shared/domain/facts/observation.ts';
import { auditFacts } from '#shared/domain/facts/software.ts';
import type { Context } from './context.ts';

/** Of all facts only what tells of logs. */
const logFacts = z.object({
  subjects: z.object({ identity: observation(identityFacts), audit: observation(auditFacts) }),
});

/** @returns nodes whose logs can be followed, with the sources that their profiles tell of; none before the first look */
export async function nodesToWatch({ store }: Pick<Context, 'store'>): Promise<WatchedNode[]> {
  const nodes: WatchedNode[] = [];
  for (const { id, name, address } of await store.listNodes()) {
    if (address.kind === 'recorded') continue;
    // What a node beyond SSH writes without a zone is taken as UTC: its own zone is not known here.
    const utcOffsetMinutes = address.kind === 'local' ? -new Date().getTimezoneOffset() : 0;
    nodes.push({ id, name, address, utcOffsetMinutes, found: await sourcesOf(store, id) });
  }
  return nodes;
}

async function sourcesOf(store: Context['store'], node: string): Promise<WatchedNode['found']> {
  const seen = await store.profile({ node });
  if (!seen) return [];
  const text = await store.facts({ node });
  const parsed = text === null ? null : logFacts.safeParse(JSON.parse(text));
  return findSources(seen.detected, parsed?.success ? parsed.data : null);
}
