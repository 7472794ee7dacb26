import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BellRing, ChevronRight } from 'lucide-react';
import { numberInWords } from '../../components/number-words.ts';
import { orpc } from '../../transport/queries.ts';

/** That alerts from the logs wait for somebody; nothing when none does. */
export function AlertsNote() {
  const alerts = useQuery(orpc.audit.state.queryOptions()).data?.newAlerts ?? 0;
  if (alerts === 0) return null;
  return (
    <p className="home__alerts">
      <BellRing aria-hidden="true" />
      <span>
        <strong>
          {numberInWords(alerts)} new {alerts === 1 ? 'alert' : 'alerts'}
        </strong>{' '}
        from the logs {alerts === 1 ? 'waits' : 'wait'} for you.
      </span>
      <Link to="/audit" className="home__more">
        {alerts === 1 ? 'See it' : 'See them'} <ChevronRight aria-hidden="true" />
      </Link>
    </p>
  );
}
