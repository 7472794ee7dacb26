import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, CircleQuestionMark } from 'lucide-react';
import { useState } from 'react';
import type { Incident, IncidentStep } from '#shared/domain/incident/incident.ts';
import type { GateCondition } from '#shared/domain/incident/rebuild.ts';
import { visible } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField } from '../../components/field.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { client, orpc } from '../../transport/queries.ts';
import type { IncidentActions } from './use-incident.ts';
import './rebuild.css';

const TITLE: Readonly<Record<GateCondition['name'], string>> = {
  'host-key': 'Its host key is new',
  'node-id': 'Its id is new',
  level: 'It has its level again',
  findings: 'Nothing is worse than before',
  packages: 'Its packages are no danger',
  plugins: 'Its plugins are accepted',
  secret: 'It has the new secret',
  baseline: 'Its files are on record',
};
const STATE = {
  met: { word: 'Met', look: 'status--pass', Icon: CircleCheck },
  'not-met': { word: 'Not met', look: 'status--fix', Icon: CircleAlert },
  unknown: { word: 'Not known', look: 'status--unknown', Icon: CircleQuestionMark },
} as const;
export interface GatePanelProps {
  incident: Incident;
  step: IncidentStep;
  isNext: boolean;
  actions: IncidentActions;
}

/** What has to be true before a node works with the others again, each with its proof and the one thing that would help. */
export function GatePanel({ incident, step, isNext, actions }: GatePanelProps) {
  const name = visible(incident.name);
  const gate = useQuery(
    orpc.incidents.gate.queryOptions({ input: { incident: incident.id }, enabled: incident.node !== null }),
  );
  const open = incident.closedAt === null && step.state !== 'done' && step.state !== 'under-way';
  const left = gate.data?.conditions.filter(({ state }) => state !== 'met') ?? [];
  return (
    <div className="gate">
      {gate.error ? (
        <ErrorState
          inline
          {...errorWords(gate.error, 'The gate could not be asked.')}
          action={<Button onClick={() => void gate.refetch()}>Try again</Button>}
        />
      ) : gate.data === undefined ? (
        <Waiting words={`Asking what is true of ${name} now…`} />
      ) : (
        <>
          <p className="gate__sentence" role="status">
            {visible(gate.data.sentence)}
          </p>
          <ul className="gate__conditions" aria-label="Conditions of the gate">
            {gate.data.conditions.map((one) => (
              <Condition key={one.name} condition={one} incident={incident} open={open} actions={actions} />
            ))}
          </ul>
        </>
      )}
      {open ? (
        <>
          <Button
            variant={isNext && left.length === 0 ? 'filled' : 'outline'}
            running={actions.investigate.isPending && 'Asking the gate'}
            onClick={() => actions.investigate.mutate({ step: 'rejoin' })}
          >
            Ask the gate
          </Button>
          {left.length > 0 && gate.data ? <LetIn name={name} step={step} actions={actions} /> : null}
        </>
      ) : null}
    </div>
  );
}

interface ConditionProps {
  condition: GateCondition;
  incident: Incident;
  open: boolean;
  actions: IncidentActions;
}

function Condition({ condition: { name, state, words }, incident, open, actions }: ConditionProps) {
  const { word, look, Icon } = STATE[state];
  return (
    <li className="gate__condition" data-condition={name}>
      <Icon aria-hidden="true" className={look} />
      <div>
        <p>
          <span className="gate__title">{TITLE[name]}</span>{' '}
          <span className={`gate__state ${look}`}>{word}</span>
        </p>
        <p className="incident__quiet">{visible(words)}</p>
      </div>
      {open && state !== 'met' ? <Help of={name} incident={incident} actions={actions} /> : null}
    </li>
  );
}

/** The one thing that would help a condition. */
function Help({
  of,
  incident,
  actions,
}: {
  of: GateCondition['name'];
  incident: Incident;
  actions: IncidentActions;
}) {
  const node = incident.node ?? '';
  const look = useMutation({
    mutationFn: () => client.looks.start({ nodes: [node] }),
    onSettled: actions.renew,
  });
  const baseline = useMutation({
    mutationFn: () => client.incidents.takeBaseline({ incident: incident.id }),
    onSettled: actions.renew,
  });
  if (of === 'secret')
    return (
      <Link to="/secrets" className={buttonClass('outline', true)}>
        Go to Secrets
      </Link>
    );
  if (of === 'baseline')
    return (
      <>
        <Button small running={baseline.isPending && 'Reading files'} onClick={() => baseline.mutate()}>
          Take a baseline
        </Button>
        {baseline.error ? (
          <ErrorState inline {...errorWords(baseline.error, 'No baseline was taken.')} />
        ) : null}
      </>
    );
  if (of === 'level')
    return (
      <>
        <Button small running={look.isPending && 'Looking'} onClick={() => look.mutate()}>
          Look at it now
        </Button>
        {look.error ? <ErrorState inline {...errorWords(look.error, 'It was not looked at.')} /> : null}
      </>
    );
  if (of === 'findings')
    return (
      <Link to="/checks" className={buttonClass('outline', true)}>
        See its findings
      </Link>
    );
  return null;
}

/** Past the gate, by a decision: with a reason, agreed to outside the page, in the record for ever. */
function LetIn({ name, step, actions }: { name: string; step: IncidentStep; actions: IncidentActions }) {
  const [words, setWords] = useState('');
  const [asked, setAsked] = useState(false);
  return (
    <Disclosure summary={`Let ${name} in all the same`} note="a decision with a reason, on the record">
      <div className="gate__decide">
        <TextAreaField
          label="Why, although not everything is met"
          rows={2}
          maxLength={2_048}
          value={words}
          error={asked && words.trim() === '' ? 'Without a reason nobody is let in.' : null}
          onChange={(event) => setWords(event.target.value)}
        />
        <Button
          running={actions.plan.isPending && 'Asking what is not met'}
          onClick={() =>
            words.trim() === ''
              ? setAsked(true)
              : actions.plan.mutate({ step: step.step, words: words.trim() })
          }
        >
          Show what that means…
        </Button>
      </div>
    </Disclosure>
  );
}
