import type { Standing } from '#shared/contract/findings.ts';
import { groupWords, waitingOf } from '#shared/domain/counting.ts';

/** What waits on a node, in words: "1 to fix, 2 to review"; quiet when nothing waits. */
export function NodeCounts({ standing }: { standing: Standing | undefined }) {
  if (!standing) return <span className="node__counts" />;
  const { counts, away } = standing;
  const quiet = waitingOf(counts) > 0 || away;
  const parts = (['fix', 'review', 'pass'] as const)
    .filter((group) => counts[group] > 0)
    .map((group) => (
      <span key={group} className={group === 'pass' && quiet ? 'node__quiet' : `status--${group}`}>
        {groupWords(group, counts[group])}
      </span>
    ));
  return <span className="node__counts tabular">{parts}</span>;
}
