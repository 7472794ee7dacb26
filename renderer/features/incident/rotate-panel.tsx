import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Incident, IncidentStep } from '#shared/domain/incident/incident.ts';
import { visible } from '#shared/domain/text.ts';
import { buttonClass } from '../../components/button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { orpc } from '../../transport/queries.ts';

export interface RotatePanelProps {
  incident: Incident;
  step: IncidentStep;
  isNext: boolean;
  /** What the link says. */
  button: string;
}

/** A new secret is given on a page of its own; this says how that stands, and is settled by the console alone. */
export function RotatePanel({ incident, step, isNext, button }: RotatePanelProps) {
  const open = incident.closedAt === null && step.state !== 'done' && step.state !== 'skipped';
  const status = useQuery(orpc.rotation.status.queryOptions({ enabled: open, retry: false }));
  const history = useQuery(
    orpc.rotation.history.queryOptions({ input: { limit: 1 }, enabled: open, retry: false }),
  );
  if (!open) return null;
  const { running } = status.data ?? { running: null };
  const [last] = history.data?.runs ?? [];
  return (
    <div className="step-panel__found">
      {running ? (
        <p role="status">{visible(running.sentence)}</p>
      ) : last === undefined ? (
        <p className="incident__quiet">No secret was changed from here yet.</p>
      ) : last.stage === 'done' ? (
        <p className="incident__quiet">
          The last rotation began <RelativeTime at={last.startedAt} />. It does not count here: only one that
          begins after {visible(incident.name)} is contained does.
        </p>
      ) : (
        <p className="incident__quiet">{visible(last.sentence)}</p>
      )}
      <p className="incident__quiet">
        This step is settled by itself when all healthy nodes have proved the new one.
      </p>
      <Link to="/secrets" className={buttonClass(isNext ? 'filled' : 'outline')}>
        {running ? 'See how it goes' : button}
      </Link>
    </div>
  );
}
