import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HuntNode, HuntQuery } from '#shared/domain/incident/hunt.ts';
import type { Incident, IncidentStep } from '#shared/domain/incident/incident.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { orpc } from '../../transport/queries.ts';
import type { IncidentActions } from './use-incident.ts';
import './looked-into.css';

const KINDS = [
  { value: 'destination', label: 'An address or name' },
  { value: 'path', label: 'A path' },
  { value: 'hash', label: 'A file, by SHA-256' },
] as const;

const STATE: Readonly<Record<HuntNode['state'], string>> = {
  found: 'Has it',
  'not-found': 'Does not have it',
  partly: 'Not found, and not all could be seen',
  'could-not': 'Could not be asked',
};

/** Asks every node for one thing, and says of each what it answered. */
export function HuntPanel({
  incident,
  step,
  isNext,
  actions,
}: {
  incident: Incident;
  step: IncidentStep;
  isNext: boolean;
  actions: IncidentActions;
}) {
  const { data } = useQuery(
    orpc.incidents.result.queryOptions({ input: { incident: incident.id, step: step.step } }),
  );
  const [kind, setKind] = useState<HuntQuery['for']>('destination');
  const [value, setValue] = useState(incident.address);
  const { investigate } = actions;
  const hunt = data?.hunt ?? null;
  return (
    <div className="step-panel__found">
      {incident.closedAt === null && step.state !== 'under-way' ? (
        <form
          className="hunt"
          onSubmit={(event) => {
            event.preventDefault();
            if (value.trim() !== '') investigate.mutate({ step: 'hunt', query: queryOf(kind, value.trim()) });
          }}
        >
          <SelectField
            label="Ask for"
            options={KINDS}
            value={kind}
            onChange={(event) => setKind(event.target.value as HuntQuery['for'])}
          />
          <TextField
            label={KINDS.find((one) => one.value === kind)?.label}
            mono
            maxLength={1_024}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
          <Button
            type="submit"
            variant={isNext ? 'filled' : 'outline'}
            running={investigate.isPending && 'Beginning'}
          >
            Ask every node
          </Button>
        </form>
      ) : null}
      {hunt ? (
        <ul className="found" aria-label="What the nodes answered">
          {hunt.nodes.map((node) => (
            <li key={node.node} className="found__row">
              <span className="found__what">
                <strong>{visible(node.name)}</strong> {STATE[node.state]}
              </span>
              {node.hits.slice(0, 5).map((hit) => (
                <code key={hit.what} className="found__path">
                  {visible(hit.what)}
                </code>
              ))}
              {node.why.slice(0, 3).map((why) => (
                <span key={why} className="incident__quiet">
                  {visible(why)}
                </span>
              ))}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function queryOf(kind: HuntQuery['for'], value: string): HuntQuery {
  if (kind === 'hash') return { for: 'hash', sha256: value };
  return kind === 'path' ? { for: 'path', path: value } : { for: 'destination', destination: value };
}
