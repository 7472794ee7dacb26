import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import type { ReachableCredential } from '#shared/domain/incident/credentials.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import type { IncidentActions } from './use-incident.ts';
import './looked-into.css';

/** Every key that the node could read, with where it is ended; ticked off by hand, one after the other. */
export function CredentialsPanel({ incident, actions }: { incident: Incident; actions: IncidentActions }) {
  const { data, error, isFetching, refetch } = useQuery(
    orpc.incidents.credentials.queryOptions({
      input: { incident: incident.id },
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),
  );
  const ticked = new Map(incident.credentials.map((one) => [one.credential, one]));
  const gone = incident.credentials.filter(
    ({ credential }) => !data?.credentials.some(({ id }) => id === credential),
  );
  return (
    <div className="step-panel__found">
      {isFetching && !data ? <Waiting words="Asking which keys it could read…" /> : null}
      {error ? (
        <ErrorState
          inline
          {...errorWords(error, 'The node could not be asked which keys it could read.')}
          action={<Button onClick={() => void refetch()}>Ask again</Button>}
        />
      ) : null}
      <ul className="found" aria-label="Keys that could be read">
        {(data?.credentials ?? []).map((one) => (
          <CredentialRow
            key={one.id}
            one={one}
            ticked={ticked.get(one.id)}
            incident={incident}
            actions={actions}
          />
        ))}
        {gone.map((one) => (
          <li key={one.credential} className="found__row">
            <span className="found__what">
              {visible(one.name)}: ended <RelativeTime at={one.at} />, not seen any more
            </span>
          </li>
        ))}
      </ul>
      {(data?.unseen ?? []).map((line) => (
        <p key={line} className="incident__quiet">
          Not looked at: {visible(line)}
        </p>
      ))}
    </div>
  );
}

interface CredentialRowProps {
  one: ReachableCredential;
  ticked: Incident['credentials'][number] | undefined;
  incident: Incident;
  actions: IncidentActions;
}

function CredentialRow({ one, ticked, incident, actions }: CredentialRowProps) {
  const { isPending, variables } = actions.move;
  const pending =
    isPending && variables.kind === 'credential' && variables.credential === one.id
      ? variables.revoked
      : null;
  const name = one.name === '' ? one.title : `${one.title}: ${one.name}`;
  return (
    <li className="credential">
      <label className="credential__tick">
        <input
          type="checkbox"
          checked={pending ?? ticked !== undefined}
          disabled={incident.closedAt !== null}
          onChange={(event) =>
            actions.move.mutate({
              kind: 'credential',
              credential: one.id,
              name: name.slice(0, 256),
              revoked: event.target.checked,
              words: '',
            })
          }
        />
        <span className="credential__name">
          {visible(name)}
          {one.reach === 'probably' ? ' (probably)' : ''}
        </span>
      </label>
      <code className="found__path">{visible(one.place)}</code>
      <span className="credential__how">
        {visible(one.revoke)}{' '}
        {one.revokeAt ? (
          <span className="credential__where">
            <ExternalLink aria-hidden="true" /> {visible(one.revokeAt)}
          </span>
        ) : null}
      </span>
      {ticked ? (
        <span className="incident__quiet">
          Ended by {visible(ticked.who)}, <RelativeTime at={ticked.at} />
        </span>
      ) : null}
    </li>
  );
}
