import { useQuery } from '@tanstack/react-query';
import { visible } from '#shared/domain/text.ts';
import { orpc } from '../../transport/queries.ts';

/** The archives of an incident on this computer: where they lie and what their hash is. */
export function EvidenceList({ incident }: { incident: string }) {
  const { data } = useQuery(orpc.incidents.evidence.queryOptions({ input: { incident } }));
  if (data === undefined || data.length === 0) return null;
  return (
    <ul className="found">
      {data.map((evidence) => (
        <li key={evidence.id} className="found__row">
          <span className="found__what">
            {visible(evidence.nodeName)}, {(evidence.bytes / 1_000_000).toFixed(1)} MB
            {evidence.partial ? ', not whole' : ''}
          </span>
          <code className="found__path">{visible(evidence.archive)}</code>
          <code className="found__path">SHA-256 {evidence.sha256}</code>
        </li>
      ))}
    </ul>
  );
}
