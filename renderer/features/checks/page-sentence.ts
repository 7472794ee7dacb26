import { redUntil } from '#shared/domain/administrator-look.ts';
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
  const hidden = outOfSight(groups);
  if (fix === 1) return `One check needs fixing${on}, and it says how.`;
  if (fix > 1) return `${numberInWords(fix)} checks need fixing${on}, and each says how.`;
  if (hidden === 1) return `One check needed fixing${on} when it was seen last, and is out of sight.`;
  if (hidden > 1)
    return `${numberInWords(hidden)} checks needed fixing${on} when they were seen last, and are out of sight.`;
  if (review === 1) return `Nothing to fix${on}. One check waits for your word.`;
  if (review > 1) return `Nothing to fix${on}. ${numberInWords(review)} checks wait for your word.`;
  if (amount('pass') === 0) return `Nothing could be looked at yet${on}.`;
  return `Nothing to fix and nothing to review${on}.`;
}

/** How many checks needed fixing on a node when they were seen last, and were not seen by the newest look: no better for that. */
function outOfSight(groups: readonly Group[]): number {
  const rows = groups.filter(({ key }) => key === 'unknown').flatMap((group) => group.rows);
  const red = rows.filter(({ siblings }) => siblings.some((finding) => redUntil(finding) !== null));
  return new Set(red.map(({ check }) => check)).size;
}
