import { useQuery } from '@tanstack/react-query';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { writeFieldEquals } from '#shared/domain/audit/write-query.ts';
import { orpc } from '../../../transport/queries.ts';

const BARS = 60;
/** A burst of a second is drawn over a minute, so that it is a mark and not a wall. */
const SHORTEST_MS = 60_000;

/** When the matches of an alert came, from the first to the last: a small sign beside the words that say the same. */
export function AlertBars({ alert }: { alert: Alert }) {
  const from = Date.parse(alert.firstAt);
  const to = Math.max(Date.parse(alert.lastAt) + 1, from + SHORTEST_MS);
  const { data } = useQuery({
    ...orpc.audit.histogram.queryOptions({
      input: {
        query: alert.entityField && alert.entity ? writeFieldEquals(alert.entityField, alert.entity) : '',
        node: alert.node,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        bars: BARS,
      },
    }),
    staleTime: 15_000,
  });
  if (alert.count < 3) return null;
  const heights = (data ?? []).map(({ alerts, matched }) => Math.min(alerts, matched));
  const most = Math.max(1, ...heights);
  return (
    <div className="alert-bars" aria-hidden="true">
      {heights.map((height, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other name than their place
        <span key={index} style={{ height: height === 0 ? 0 : `${Math.max(8, (height / most) * 100)}%` }} />
      ))}
    </div>
  );
}
