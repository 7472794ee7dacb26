import { Moon } from 'lucide-react';
import { RelativeTime } from './relative-time.tsx';
import './stale-note.css';

export interface StaleNoteProps {
  nodeName: string;
  /** When it was last seen, ISO 8601; null when never. */
  since: string | null;
  /** Why the last look failed, in words that can be shown. */
  reason?: string | null;
}

/** Says that what is shown of a node is from before, since when, and why. */
export function StaleNote({ nodeName, since, reason }: StaleNoteProps) {
  return (
    <p className="stale-note">
      <Moon aria-hidden="true" />
      <span>
        {nodeName} did not answer.{' '}
        {since ? (
          <>
            Its findings are from <RelativeTime at={since} />.
          </>
        ) : (
          'It has not been looked at yet.'
        )}
        {reason ? <span className="stale-note__reason"> {reason}</span> : null}
      </span>
    </p>
  );
}
