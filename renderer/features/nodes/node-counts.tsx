import type { Standing } from '#shared/contract/findings.ts';

/** What waits on a node, in words: "1 to fix, 2 to review"; quiet when nothing waits. */
export function NodeCounts({ standing }: { standing: Standing | undefined }) {
  if (!standing) return <span className="node__counts" />;
  const { fix, review, pass } = standing.counts;
  const parts = [
    fix > 0 ? (
      <span key="fix" className="status--fix">
        {fix} to fix
      </span>
    ) : null,
    review > 0 ? (
      <span key="review" className="status--review">
        {review} to review
      </span>
    ) : null,
    pass > 0 ? (
      <span key="pass" className={fix + review > 0 || standing.away ? 'node__quiet' : 'status--pass'}>
        {pass} fine
      </span>
    ) : null,
  ];
  return <span className="node__counts tabular">{parts}</span>;
}
