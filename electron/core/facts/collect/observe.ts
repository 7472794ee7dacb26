import type { z } from 'zod';
import { type Subjects, subjects } from '#shared/domain/facts/facts.ts';
import type { Unseen } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, ScriptOutput } from '../collector.ts';
import type { AnyCollector } from '../collectors.ts';

/** A subject of which nothing was seen, and why. */
export function notSeen(source: string, at: Date, reason: string, wouldHelp: string | null = null): Unseen {
  return {
    state: 'unseen',
    at: at.toISOString(),
    source: source.slice(0, 4_096),
    reason: reason.slice(0, 2_048),
    wouldHelp: wouldHelp?.slice(0, 512) ?? null,
  };
}

/** Where the first problem is, in words; values are left out, for they come from the node. */
function placeOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.map(String).join('.').slice(0, 200)}: ${issue.code}` : 'unknown';
}

function parseSafely(
  collector: AnyCollector,
  output: ScriptOutput,
  context: CollectContext,
): Collected<unknown> {
  try {
    return collector.parse(output, context);
  } catch {
    // A parser must not throw; if one does, it is this subject that suffers and no other.
    return { seen: false, reason: 'the answer of the node could not be read', wouldHelp: null };
  }
}

/**
 * Turns the raw answer of a collector into an observation: reads it, and lets through only what the shape of the subject
 * allows.
 */
export function observe(
  collector: AnyCollector,
  output: ScriptOutput,
  context: CollectContext,
): Subjects[keyof Subjects] {
  const read = parseSafely(collector, output, context);
  if (!read.seen) return notSeen(collector.source, context.now, read.reason, read.wouldHelp);
  const checked = subjects.shape[collector.subject].safeParse({
    state: 'seen',
    at: context.now.toISOString(),
    tookMs: Math.min(Math.max(Math.round(output.tookMs), 0), 3_600_000),
    source: collector.source.slice(0, 4_096),
    value: read.value,
    gaps: read.gaps,
  });
  if (checked.success) return checked.data;
  return notSeen(
    collector.source,
    context.now,
    `the node gave an answer that cannot be (${placeOf(checked.error)})`,
  );
}
