import { Unplug } from 'lucide-react';
import { useEffect, useState } from 'react';
import { clockTime, count } from '../components/time-words.ts';
import { transport } from '../transport/queries.ts';
import { useConnection } from '../transport/use-live.ts';
import './connection-note.css';

/** Says that the console does not answer and that what is shown is from before. Says nothing while all is well. */
export function ConnectionNote() {
  const connection = useConnection();
  const lost = connection.kind === 'lost';
  return (
    <div className="no-print">
      <div role="status">
        {lost ? (
          <p className="connection-note">
            <Unplug aria-hidden="true" />
            <span>
              <strong>The console does not answer</strong> since{' '}
              {clockTime(new Date(connection.since).toISOString())}
              {/* Not read out anew each time that it advances. */}
              <span aria-hidden="true">
                , for <LostFor since={connection.since} />
              </span>
              . What you see is from before; we keep trying.
              {transport.shell === 'web' ? (
                <>
                  {' '}
                  If it does not come back: run <code>npm start</code> again, with the same options, then open
                  the new link.
                </>
              ) : null}
            </span>
          </p>
        ) : null}
      </div>
    </div>
  );
}

/** How long it has been, counted on while one watches. */
function LostFor({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(1, Math.floor((now - since) / 1_000));
  return (
    <span className="tabular">
      {seconds < 60 ? count(seconds, 'second') : count(Math.floor(seconds / 60), 'minute')}
    </span>
  );
}
