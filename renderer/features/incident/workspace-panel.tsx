import { useQuery } from '@tanstack/react-query';
import type { Incident, IncidentStep } from '#shared/domain/incident/incident.ts';
import type { FileDeed, FileImportance } from '#shared/domain/incident/workspace.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { orpc } from '../../transport/queries.ts';
import type { IncidentActions } from './use-incident.ts';
import './looked-into.css';

const SHOWN = 50;

const DEED: Readonly<Record<FileDeed, string>> = {
  created: 'new',
  changed: 'changed',
  deleted: 'gone',
  mode: 'other rights',
  owner: 'other owner',
  kind: 'something else now',
};

const MATTERS: Readonly<Record<FileImportance, string>> = {
  plugin: 'Plugin',
  'start-file': 'Starts by itself',
  setuid: 'Runs as another account',
  key: 'Key or login',
  unit: 'Service',
  cron: 'Timed job',
  executable: 'Program',
  configuration: 'Configuration',
  other: 'File',
};

export interface WorkspacePanelProps {
  incident: Incident;
  step: IncidentStep;
  isNext: boolean;
  actions: IncidentActions;
}

/** Which files are not as they were: what matters first stands first. */
export function WorkspacePanel({ incident, step, isNext, actions }: WorkspacePanelProps) {
  const { data } = useQuery(
    orpc.incidents.result.queryOptions({ input: { incident: incident.id, step: step.step } }),
  );
  const audit = data?.workspace ?? null;
  const { investigate } = actions;
  return (
    <div className="step-panel__found">
      {incident.closedAt === null && step.state !== 'under-way' ? (
        <div className="step-panel__buttons">
          <Button
            variant={isNext ? 'filled' : 'outline'}
            running={investigate.isPending && 'Beginning'}
            onClick={() => investigate.mutate({ step: 'workspace', against: 'baseline' })}
          >
            {audit ? 'Compare again' : 'Compare with how it was'}
          </Button>
          <Button
            variant="plain"
            onClick={() => investigate.mutate({ step: 'workspace', against: { since: incident.since } })}
          >
            Only what changed since it began
          </Button>
        </div>
      ) : null}
      {audit ? (
        <>
          <ul className="found" aria-label="Files that are not as they were">
            {audit.changes.slice(0, SHOWN).map((change) => (
              <li key={change.path} className="found__row">
                <span className="found__what">
                  {MATTERS[change.importance]}: {change.deeds.map((deed) => DEED[deed]).join(', ')}
                  {change.forged ? ', and its time was set back' : ''}
                </span>
                <code className="found__path">{visible(change.path)}</code>
              </li>
            ))}
          </ul>
          {audit.total > SHOWN ? (
            <p className="incident__quiet">
              {(audit.total - Math.min(SHOWN, audit.changes.length)).toLocaleString('en')} more that matter
              less.
            </p>
          ) : null}
          {audit.unseen.map((line) => (
            <p key={line} className="incident__quiet">
              Not looked at: {visible(line)}
            </p>
          ))}
        </>
      ) : null}
    </div>
  );
}
