import { detectProfile } from '#core/facts/profile/detect.ts';
import { facts as factsShape } from '#shared/domain/facts/facts.ts';
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
}> {
  const corrections = await context.store.corrections({ node });
  const seen = await context.store.profile({ node });
  if (!seen) return { detected: null, corrections, effective: null, observedAt: null };
  const { detected: effective, collectedAt: observedAt } = seen;
  const detected = effective.corrected.length === 0 ? effective : await withoutCorrections(context, node);
  return { detected: detected ?? effective, corrections, effective, observedAt };
}

/** The stored profile bears the corrections already, so it is detected once more from what was seen. */
async function withoutCorrections(context: Pick<Context, 'store'>, node: string): Promise<Profile | null> {
  const text = await context.store.facts({ node });
  const parsed = text === null ? null : factsShape.safeParse(JSON.parse(text));
  if (!parsed?.success) return null;
  return detectProfile({ seen: parsed.data.subjects, hints: null, corrections: [] });
}
