import { z } from 'zod';
import { findSources } from '#core/audit/sources.ts';
import type { WatchedNode } from '#core/audit/watched-node.ts';
import { utcOffsetOf } from '#core/audit/zone.ts';
import { identityFacts, timeFacts } from '#shared/domain/facts/machine.ts';
import { observation } from '#shared/domain/facts/observation.ts';
import { auditFacts } from '#shared/domain/facts/software.ts';
import type { Context } from './context.ts';

/** Of all facts only what tells of logs. */
const logFacts = z.object({
  subjects: z.object({ identity: observation(identityFacts), audit: observation(auditFacts) }),
});
const zoneFacts = z.object({ subjects: z.object({ time: observation(timeFacts) }) });

/** @returns nodes whose logs can be followed, with the sources that their profiles tell of; none before the first look */
export async function nodesToWatch({
  store,
  clock,
}: Pick<Context, 'store' | 'clock'>): Promise<WatchedNode[]> {
  const now = clock.now();
  const nodes: WatchedNode[] = [];
  for (const { id, name, address } of await store.listNodes()) {
    if (address.kind === 'recorded') continue;
    const text = await store.facts({ node: id });
    const facts: unknown = text === null ? null : JSON.parse(text);
    const utcOffsetMinutes = address.kind === 'local' ? -now.getTimezoneOffset() : offsetOf(facts, now);
    nodes.push({ id, name, address, utcOffsetMinutes, found: await sourcesOf(store, id, facts) });
  }
  return nodes;
}

/** The offset of the zone that the node said at the last look; UTC when that is not known. */
function offsetOf(facts: unknown, now: Date): number {
  const time = zoneFacts.safeParse(facts).data?.subjects.time;
  const zone = time?.state === 'seen' ? time.value.timezone : null;
  return (zone === null ? null : utcOffsetOf(zone, now.getTime())) ?? 0;
}

async function sourcesOf(
  store: Context['store'],
  node: string,
  facts: unknown,
): Promise<WatchedNode['found']> {
  const seen = await store.profile({ node });
  if (!seen) return [];
  const parsed = logFacts.safeParse(facts);
  return findSources(seen.detected, parsed.success ? parsed.data : null);
}
