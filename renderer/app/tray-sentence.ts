import type { Overview } from '#shared/contract/findings.ts';
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
  if (counts.fix > 0) return { sentence: `${counts.fix} to fix${place}`, status: 'fix', number: counts.fix };
  if (counts.review > 0) {
    return { sentence: `${counts.review} to review${place}`, status: 'review', number: counts.review };
  }
  const lacking = counts.lacking ?? 0;
  const unknown = counts.unknown - lacking;
  if (unknown > 0) {
    return { sentence: `${unknown} could not look${place}`, status: 'unknown', number: unknown };
  }
  if (lacking > 0) return { sentence: `${lacking} not in this version`, status: 'unknown', number: 0 };
  if (counts.pass === 0) return { sentence: 'Not looked yet', status: 'unknown', number: 0 };
  return { sentence: `All is fine${place}`, status: 'pass', number: 0 };
}
