import type { Standing } from '#shared/contract/findings.ts';
import type { ShownStatus } from '../../components/status-words.ts';

/**
 * What a chip says: the worst that waits there, or that the node was away.
 * @param standing one node
 */
export function chipWords({ counts, away, lookedAt }: Pick<Standing, 'counts' | 'away' | 'lookedAt'>): {
  status: ShownStatus;
  words: string;
} {
  if (away) return { status: 'asleep', words: lookedAt ? 'asleep' : 'no answer' };
  if (lookedAt === null) return { status: 'unknown', words: 'not looked yet' };
  if (counts.fix > 0) return { status: 'fix', words: `${counts.fix} to fix` };
  if (counts.review > 0) return { status: 'review', words: `${counts.review} to review` };
  const lacking = counts.lacking ?? 0;
  if (counts.unknown > lacking) {
    return { status: 'unknown', words: `${counts.unknown - lacking} could not look` };
  }
  if (lacking > 0) return { status: 'unknown', words: `${lacking} not in this version` };
  return { status: 'pass', words: 'fine' };
}
