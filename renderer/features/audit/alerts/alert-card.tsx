import { Link } from '@tanstack/react-router';
import { ChevronUp } from 'lucide-react';
import { useState } from 'react';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { Disclosure } from '../../../components/disclosure.tsx';
import { StatusWord } from '../../../components/status.tsx';
import { clockTime, exactTime } from '../../../components/time-words.ts';
import { asksForHands, nextStep } from '../audit-sentence.ts';
import { AlertBars } from './alert-bars.tsx';
import { AlertNotes } from './alert-notes.tsx';
import { Times } from './alert-row.tsx';
import { ALERT_STATES } from './alert-words.ts';
import { MatchingLine } from './matching-line.tsx';
import { RuleWords } from './rule-words.tsx';
import { SilenceDialog } from './silence-dialog.tsx';
import { useAlertActions } from './use-alert-actions.ts';

export interface AlertCardProps {
  alert: Alert;
  nodeName: string;
  /** Left out where the card cannot be folded. */
  onFold?: () => void;
  /** On the page of the alert itself the link to it is not needed. */
  alone?: boolean;
}

/** One alert: how often and when, what it is about, what to do, and which rule says so and why. */
export function AlertCard({ alert, nodeName, onFold, alone = false }: AlertCardProps) {
  const [silencing, setSilencing] = useState(false);
  const actions = useAlertActions(alert);
  const { status, word } = ALERT_STATES[alert.state];
  const { rule } = alert;
  const step = nextStep(alert);
  return (
    <article className="alert-card" aria-label={visible(rule.title)} data-alert={alert.id}>
      <div className="alert-card__body">
        <div className="alert-card__top">
          <StatusWord status={status}>{word}</StatusWord>
          <span>
            <Times count={alert.count} />
            {onFold ? (
              <button
                type="button"
                className="alert-card__fold"
                aria-label="Fold this alert"
                aria-expanded
                onClick={onFold}
              >
                <ChevronUp aria-hidden="true" />
              </button>
            ) : null}
          </span>
        </div>
        <h3>{visible(rule.title)}</h3>
        <p className="alert-card__about">
          {visible(nodeName)}
          {alert.entity ? (
            <>
              , {alert.entityField ? `${entityNoun(alert.entityField)} ` : ''}
              <code>{visible(alert.entity)}</code>
            </>
          ) : null}
        </p>
        <AlertBars alert={alert} />
        <p className="alert-card__times">
          <time dateTime={alert.firstAt} title={exactTime(alert.firstAt)}>
            {clockTime(alert.firstAt)}
          </time>
          <time dateTime={alert.lastAt} title={exactTime(alert.lastAt)}>
            last {clockTime(alert.lastAt)}
          </time>
        </p>
        <MatchingLine alert={alert} />
        {rule.todo ? (
          <>
            <h4>What to do</h4>
            <p className="alert-card__todo">{visible(rule.todo)}</p>
          </>
        ) : null}
        <div className="alert-card__links">
          {step.kind === 'check' ? (
            <Link
              to="/setup/{-$node}"
              params={{ node: step.node }}
              search={(before) => ({ ...before, step: step.check })}
            >
              Show the fix
            </Link>
          ) : null}
          {alone ? null : (
            <Link to="/audit" search={(before) => ({ ...before, alert: alert.id, view: undefined })}>
              {asksForHands(alert) ? 'Step by step, and before and after' : 'Before and after'}
            </Link>
          )}
          {alert.state === 'silenced' ? null : (
            <Link to="/incident" search={({ node }) => ({ node, alert: alert.id })}>
              Start an incident
            </Link>
          )}
        </div>
        <div className="alert-card__actions">
          {alert.state === 'new' ? (
            <Button
              small
              running={actions.running === 'acknowledged' && 'Noting'}
              onClick={() => actions.set('acknowledged')}
            >
              Acknowledge
            </Button>
          ) : null}
          {alert.state === 'acknowledged' || alert.state === 'new' ? (
            <Button
              small
              variant={alert.state === 'new' ? 'plain' : 'outline'}
              running={actions.running === 'resolved' && 'Noting'}
              onClick={() => actions.set('resolved')}
            >
              Resolve
            </Button>
          ) : null}
          {alert.state === 'resolved' ? (
            <Button small running={actions.running === 'new' && 'Noting'} onClick={() => actions.set('new')}>
              Open again
            </Button>
          ) : null}
          {alert.state === 'silenced' ? (
            <Button small running={actions.running === 'end' && 'Ending'} onClick={actions.endSilence}>
              End the silence
            </Button>
          ) : null}
        </div>
        <AlertNotes
          alert={alert}
          {...(alert.state === 'silenced' ? {} : { onSilence: () => setSilencing(true) })}
        />
      </div>
      <div className="alert-card__foot">
        <Disclosure summary="Which rule, and why">
          <RuleWords rule={rule} />
        </Disclosure>
      </div>
      {silencing ? (
        <SilenceDialog alert={alert} nodeName={nodeName} onClose={() => setSilencing(false)} />
      ) : null}
    </article>
  );
}

/** What kind of thing an entity is, before its name. */
function entityNoun(field: string): string {
  if (/Ip$|address/i.test(field)) return 'one address:';
  if (/Hostname/i.test(field)) return 'one host:';
  if (/CommandLine/i.test(field)) return 'one command:';
  if (/Image/i.test(field)) return 'one program:';
  if (/Filename|path/i.test(field)) return 'one file:';
  if (/user/i.test(field)) return 'one account:';
  return '';
}
