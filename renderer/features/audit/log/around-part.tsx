import { useQuery } from '@tanstack/react-query';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { orpc } from '../../../transport/queries.ts';

const LINES = 8;
const SEEN = 400;

/** What stood before and after an event in its own source, and the way into the whole log. */
export function AroundPart({ number, onGoTo }: { number: number; onGoTo: (number: number) => void }) {
  const { data, error, isPlaceholderData } = useQuery(
    orpc.audit.context.queryOptions({ input: { number, lines: LINES } }),
  );
  if (error) return <ErrorState inline {...errorWords(error, 'What stood around it could not be read.')} />;
  if (!data || isPlaceholderData) {
    return (
      <p className="log__note" role="status">
        <Spinner /> Reading around it
      </p>
    );
  }
  return (
    <div className="around">
      <ol className="around__lines">
        {[...data.before, data.event, ...data.after].map((event) => (
          <AroundLine key={event.number} event={event} here={event.number === number} />
        ))}
      </ol>
      <Button variant="link" onClick={() => onGoTo(number)}>
        Show it among all events of all nodes
      </Button>
    </div>
  );
}

function AroundLine({ event, here }: { event: AuditEvent; here: boolean }) {
  return (
    <li
      className={here ? 'around__line around__line--here' : 'around__line'}
      aria-current={here || undefined}
    >
      <time dateTime={event.at}>{new Date(event.at).toLocaleTimeString('en-GB')}</time>
      <span>{visible(event.message.slice(0, SEEN))}</span>
    </li>
  );
}
