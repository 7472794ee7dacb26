import { Unplug } from 'lucide-react';
import { RelativeTime } from '../components/relative-time.tsx';
import { useConnection } from '../transport/use-live.ts';
import './connection-note.css';

/** Says that the console does not answer and that what is shown is from before. Says nothing while all is well. */
export function ConnectionNote() {
  const connection = useConnection();
  return (
    <div role="status" className="no-print">
      {connection.kind === 'lost' ? (
        <p className="connection-note">
          <Unplug aria-hidden="true" />
          <span>
            <strong>The console does not answer</strong> since{' '}
            <RelativeTime at={new Date(connection.since).toISOString()} />. What you see is from before; we
            keep trying.
          </span>
        </p>
      ) : null}
    </div>
  );
}
