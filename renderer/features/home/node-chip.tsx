import { Link } from '@tanstack/react-router';
import type { Standing } from '#shared/contract/findings.ts';
import { visible } from '#shared/domain/text.ts';
import { StatusIcon } from '../../components/status.tsx';
import { chipWords } from './chip-words.ts';
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
    </Link>
  );
}
