import type { Overview } from '#shared/contract/findings.ts';
import { amountOf, groupWords } from '#shared/domain/counting.ts';
import type { FindingStatus } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';

/** What the foot of the rail says in a glance. */
export interface TraySentence {
  sentence: string;
  status: FindingStatus;
  /** Shown beside the icon where there is no room for words; 0 for none. */
  number: number;
}

/**
 * The state of all nodes in a few words, worst first. What could not be looked at is said before anything is called fine.
 * @param overview what Home shows
 */
export function traySentence(overview: Pick<Overview, 'counts' | 'standings'>): TraySentence {
  const { counts, standings } = overview;
  const only = standings.length === 1 ? standings[0]?.nodeName : undefined;
  const place = only ? ` on ${visible(only)}` : '';
  if (standings.length === 0)
    return { sentence: 'Nothing to watch yet', status: 'not-applicable', number: 0 };
  for (const status of ['fix', 'review', 'unknown'] as const) {
    const number = amountOf(counts, status);
    if (number > 0) return { sentence: `${groupWords(status, number)}${place}`, status, number };
  }
  const lacking = amountOf(counts, 'lacking');
  if (lacking > 0) return { sentence: groupWords('lacking', lacking), status: 'unknown', number: 0 };
  if (counts.pass === 0) return { sentence: 'Not looked yet', status: 'unknown', number: 0 };
  return { sentence: `All is fine${place}`, status: 'pass', number: 0 };
}
