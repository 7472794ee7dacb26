import { z } from 'zod';
import { detectProfile } from '#core/facts/profile/detect.ts';
import type { Machine } from '#shared/contract/nodes.ts';
import { facts as factsShape } from '#shared/domain/facts/facts.ts';
import { identityFacts } from '#shared/domain/facts/machine.ts';
import { observation } from '#shared/domain/facts/observation.ts';
import type { Profile, ProfileCorrection } from '#shared/domain/profile.ts';
import type { Context } from './context.ts';

/**
 * The profile of a node as detected and as corrected.
 * @returns `effective`: in force at the latest look; `detected`: the same without the operator's corrections
 */
export async function profileOf(
  context: Pick<Context, 'store'>,
  node: string,
): Promise<{
  detected: Profile | null;
  corrections: ProfileCorrection[];
  effective: Profile | null;
  observedAt: string | null;
  machine: Machine | null;
}> {
  const corrections = await context.store.corrections({ node });
  const seen = await context.store.profile({ node });
  if (!seen) return { detected: null, corrections, effective: null, observedAt: null, machine: null };
  const { detected: effective, collectedAt: observedAt } = seen;
  const detected = effective.corrected.length === 0 ? effective : await withoutCorrections(context, node);
  const machine = await machineOf(context, node);
  return { detected: detected ?? effective, corrections, effective, observedAt, machine };
}

/** The stored profile bears the corrections already, so it is detected once more from what was seen. */
async function withoutCorrections(context: Pick<Context, 'store'>, node: string): Promise<Profile | null> {
  const text = await context.store.facts({ node });
  const parsed = text === null ? null : factsShape.safeParse(JSON.parse(text));
  if (!parsed?.success) return null;
  return detectProfile({ seen: parsed.data.subjects, hints: null, corrections: [] });
}

/** Of all facts only who the node is: the rest may be large and is not needed for one line. */
const whoItIs = z.object({ subjects: z.object({ identity: observation(identityFacts) }) });

/** What kind of machine the node was at its latest look, or null when that was not seen. */
async function machineOf(context: Pick<Context, 'store'>, node: string): Promise<Machine | null> {
  const text = await context.store.facts({ node });
  const parsed = text === null ? null : whoItIs.safeParse(JSON.parse(text));
  const identity = parsed?.data?.subjects.identity;
  if (identity?.state !== 'seen') return null;
  const { hostname, kernel, architecture, hardware, operatingSystem } = identity.value;
  return { hostname, kernel, architecture, hardware, operatingSystem: operatingSystem.name };
}
