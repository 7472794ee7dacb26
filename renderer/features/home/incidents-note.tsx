import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight, LifeBuoy } from 'lucide-react';
import { visible } from '#shared/domain/text.ts';
import { numberInWords } from '../../components/number-words.ts';
import { orpc } from '../../transport/queries.ts';

/** That an incident is open, before everything else; nothing when none is. */
export function IncidentsNote() {
  const open = useQuery(orpc.incidents.list.queryOptions({ input: {}, retry: false })).data?.open ?? [];
  const [first] = open;
  if (first === undefined) return null;
  return (
    <p className="home__alerts">
      <LifeBuoy aria-hidden="true" />
      <span>
        <strong>
          {open.length === 1
            ? `Incident ${first.incident.number} is open.`
            : `${numberInWords(open.length)} incidents are open.`}
        </strong>{' '}
        {open.length === 1 ? visible(first.sentence) : null}
      </span>
      <Link to="/incident" className="home__more">
        Go on there <ChevronRight aria-hidden="true" />
      </Link>
    </p>
  );
}
