import type { CountGroup } from '#shared/domain/counting.ts';
import { numberInWords } from '../../components/number-words.ts';
import type { Group } from './triage.ts';

/**
 * The first line of the Checks page.
 * @param groups all groups, counted
 * @param nodeName the node that the page is about, or null for all
 */
export function pageSentence(groups: readonly Group[], nodeName: string | null): string {
  const amount = (key: CountGroup) => groups.find((group) => group.key === key)?.checks ?? 0;
  const on = nodeName === null ? '' : ` on ${nodeName}`;
  const fix = amount('fix');
  const review = amount('review');
  if (fix === 1) return `One check needs fixing${on}, and it says how.`;
  if (fix > 1) return `${numberInWords(fix)} checks need fixing${on}, and each says how.`;
  if (review === 1) return `Nothing to fix${on}. One check waits for your word.`;
  if (review > 1) return `Nothing to fix${on}. ${numberInWords(review)} checks wait for your word.`;
  if (amount('pass') === 0) return `Nothing could be looked at yet${on}.`;
  return `Nothing to fix and nothing to review${on}.`;
}
