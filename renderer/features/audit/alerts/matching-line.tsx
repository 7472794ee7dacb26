import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { shortened, visible } from '#shared/domain/text.ts';
import { orpc } from '../../../transport/queries.ts';

/** A line can have megabytes; what made the rule speak stands near its beginning, and the whole is one press away. */
const SHOWN = 320;

/** The newest line that matched, as the log says it: text, bounded, never markup. Nothing when it is not kept any more. */
export function MatchingLine({ alert }: { alert: Alert }) {
  const { data } = useQuery({
    ...orpc.audit.events.queryOptions({
      input: { query: '', node: alert.node, before: alert.lastEvent + 1, limit: 1 },
    }),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });
  const event = data?.events.find(({ number }) => number === alert.lastEvent);
  if (!event) return null;
  return (
    <figure className="alert-card__match">
      <figcaption>{alert.count > 1 ? 'The newest line that matched' : 'The line that matched'}</figcaption>
      <pre>
        <code>{shortened(visible(event.message), SHOWN)}</code>
      </pre>
      <Link
        to="/audit"
        state={(before) => ({ ...before, asked: performance.now() })}
        search={(before) => ({
          ...before,
          ...{ alert: undefined, view: undefined, q: undefined, from: undefined, to: undefined },
          event: event.number,
        })}
      >
        See it in the log
      </Link>
    </figure>
  );
}
