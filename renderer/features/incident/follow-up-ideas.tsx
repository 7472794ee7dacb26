import { useQuery } from '@tanstack/react-query';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { Button } from '../../components/button.tsx';
import { orpc } from '../../transport/queries.ts';
import type { IncidentActions } from './use-incident.ts';

const MOST = 6;

/** Controls that were not fine, each one press away from being followed up: what let it in is often among them. */
export function FollowUpIdeas({ incident, actions }: { incident: Incident; actions: IncidentActions }) {
  const { data } = useQuery(
    orpc.findings.list.queryOptions({ input: { node: incident.node }, enabled: incident.node !== null }),
  );
  const { origin, followUps } = incident;
  const failed = (data ?? [])
    .filter(({ status }) => status === 'fix' || status === 'review')
    .map(({ check }) => check);
  const checks = [...new Set<CheckId>([...(origin.kind === 'finding' ? [origin.check] : []), ...failed])]
    .filter((check) => !followUps.some((one) => one.check === check))
    .slice(0, MOST);
  if (checks.length === 0) return null;
  return (
    <div className="step-panel__found">
      <p className="incident__quiet">
        These controls were not fine. What will change goes below, under “What will change”.
      </p>
      <ul className="follow-ups">
        {checks.map((check) => (
          <li key={check} className="follow-up">
            <span className="follow-up__words">{catalogueEntry(check).title}</span>
            <Button
              small
              onClick={() =>
                actions.move.mutate({
                  kind: 'follow-up',
                  words: `Make it so, and keep it so: ${catalogueEntry(check).title}`,
                  check,
                  owner: '',
                  due: null,
                })
              }
            >
              Follow this up
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
