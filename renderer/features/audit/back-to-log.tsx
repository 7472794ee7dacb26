import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';

/** From what stands in place of the log back to it, as it was asked for before. */
export function BackToLog() {
  return (
    <Link
      to="/audit"
      search={(before) => ({ ...before, view: undefined, alert: undefined })}
      className="audit__back"
    >
      <ArrowLeft aria-hidden="true" /> Back to the log
    </Link>
  );
}
