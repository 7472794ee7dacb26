import { Link } from '@tanstack/react-router';
import type { Standing } from '#shared/contract/findings.ts';
import { visible } from '#shared/domain/text.ts';
import { SampleMark } from '../../components/sample-mark.tsx';
import { type ShownStatus, StatusIcon } from '../../components/status.tsx';
import './node-chip.css';

/** One node on the stairs: icon, name, and what waits there in two words. Leads to its checks. */
export function NodeChip({ standing }: { standing: Standing }) {
  const { status, words } = chipWords(standing);
  const name = visible(standing.nodeName);
  return (
    <Link
      to="/checks"
      search={{ node: standing.node }}
      className="node-chip"
      title={name.length > 14 ? name : undefined}
    >
      <StatusIcon status={status} />
      <span className="node-chip__name">{name}</span>
      <span className="node-chip__words">{words}</span>
      {standing.sample ? <SampleMark short /> : null}
    </Link>
  );
}

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
  if (counts.unknown > 0) return { status: 'unknown', words: `${counts.unknown} not seen` };
  return { status: 'pass', words: 'fine' };
}
