import type { Gap } from '#shared/domain/facts/observation.ts';
import type { CollectContext, Collected, ScriptOutput } from '../collector.ts';

export const AS_ADMINISTRATOR = 'allow one look as administrator';

/** Something of the subject that could not be seen. */
export function gapOf(what: string, reason: string, wouldHelp: string | null = null): Gap {
  return { what: what.slice(0, 512), reason: reason.slice(0, 2_048), wouldHelp };
}

/** What would help when a permission is missing: nothing more than root can be asked for. */
export function helpFor(context: Pick<CollectContext, 'privilege'>): string | null {
  return context.privilege === 'user' ? AS_ADMINISTRATOR : null;
}

/** The whole subject was seen, with the gaps that remain (at most 256, the bound of an observation). */
export function seen<V>(value: V, gaps: readonly Gap[] = []): Collected<V> {
  if (gaps.length <= 256) return { seen: true, value, gaps: [...gaps] };
  const omitted = gapOf('further places', `${gaps.length - 255} more could not be looked at`);
  return { seen: true, value, gaps: [...gaps.slice(0, 255), omitted] };
}

/** Nothing of the subject was seen. */
export function unseen(reason: string, wouldHelp: string | null = null): Collected<never> {
  return { seen: false, reason: reason.slice(0, 2_048), wouldHelp };
}

/**
 * Why a fragment did not reach its end.
 * @returns words for a gap or an unseen subject
 */
export function whyUnfinished(
  output: Pick<ScriptOutput, 'timedOut' | 'cut' | 'exitCode' | 'stderr'>,
): string {
  if (output.timedOut) return 'the node did not answer in time';
  if (output.cut) return 'the answer was longer than allowed and was cut';
  const last = output.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  const words = last ? `: ${last.replace(/\p{Cc}/gu, '?')}` : '';
  return output.exitCode === null
    ? `the look was ended before it was done${words}`
    : `the look ended early with status ${output.exitCode}${words}`;
}
