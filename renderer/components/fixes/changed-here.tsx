import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { orpc } from '../../transport/queries.ts';
import { RelativeTime } from '../relative-time.tsx';
import './changed-here.css';

/** Changes of a node that are looked through for the one that a finding is about. */
const LOOKED_THROUGH = 100;

/** Under a finding that is fine because Swarmkeep repaired it: when, and the way to undo it. */
export function ChangedHere({ finding }: { finding: TrackedFinding }) {
  const { node, check } = finding;
  const fine = finding.status === 'pass';
  const list = useQuery(
    orpc.fixes.list.queryOptions({ input: { node, limit: LOOKED_THROUGH }, enabled: fine }),
  );
  if (!fine || list.isPlaceholderData) return null;
  const change = list.data?.changes.find(
    (entry) => entry.state === 'done' && entry.purpose !== 'undo' && entry.checks.includes(check),
  );
  if (!change) return null;
  return (
    <p className="changed-here no-print">
      <Undo2 aria-hidden="true" />
      <span>
        Swarmkeep repaired this <RelativeTime at={change.endedAt ?? change.startedAt} />.{' '}
        <Link to="/change/$change" params={{ change: change.id }}>
          Show the change
        </Link>
        {change.undo.possible ? (
          <>
            {' '}
            or{' '}
            <Link to="/plan" search={(before) => ({ ...before, do: 'undo', change: change.id })}>
              undo it
            </Link>
          </>
        ) : null}
        .
      </span>
    </p>
  );
}
