import type { Standing } from '#shared/contract/findings.ts';
import { amountOf, groupWords } from '#shared/domain/counting.ts';
import type { ShownStatus } from '../../components/status-words.ts';

/**
 * What a chip says: the worst that waits there, or that the node was away.
 * @param standing one node
 */
export function chipWords({ counts, away, lookedAt }: Pick<Standing, 'counts' | 'away' | 'lookedAt'>): {
  status: ShownStatus;
  words: string;
} {
  if (away) return { status: 'asleep', words: 'no answer' };
  if (lookedAt === null) return { status: 'unknown', words: 'not looked yet' };
  for (const group of ['fix', 'review', 'unknown', 'lacking'] as const) {
    const there = amountOf(counts, group);
    if (there > 0) {
      return { status: group === 'lacking' ? 'unknown' : group, words: groupWords(group, there) };
    }
  }
  return { status: 'pass', words: 'fine' };
}
