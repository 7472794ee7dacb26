import { Undo2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import type { IncidentActions } from './use-incident.ts';
import './plan-card.css';

export interface PlanCardProps {
  plan: IncidentPlan;
  button: string;
  actions: IncidentActions;
  /** Another one is planned, for the accounts of mycoSwarm alone or for the whole node. */
  onScope: (scope: 'agent' | 'node') => void;
  /** A release is planned without an answer of the node, or with it again. */
  onWithout: (without: boolean) => void;
  onLeave: () => void;
}

/** What a step will do, before anything is done; agreed to outside the page. */
export function PlanCard({ plan, button, actions, onScope, onWithout, onLeave }: PlanCardProps) {
  const { begin } = actions;
  const leave = useRef<HTMLButtonElement>(null);
  /** The plan that was ordered: a second click comes before the button knows of the first. */
  const ordered = useRef<string | null>(null);
  const planned = plan.id;
  const order = () => {
    if (ordered.current === planned) return;
    ordered.current = planned;
    begin.mutate(plan, {
      onSuccess: onLeave,
      onError: () => {
        ordered.current = null;
      },
    });
  };
  useEffect(() => {
    // The safe answer has the focus, as the plan may come up under a finger that is pressing already.
    if (planned) leave.current?.focus({ preventScroll: true });
  }, [planned]);
  const { isolation, release } = plan;
  return (
    <section className="incident-plan" aria-label={visible(plan.title)}>
      <h2>{visible(plan.title)}</h2>
      <ol className="incident-plan__lines">
        {plan.lines.map((line) => (
          <li key={line}>{visible(line)}</li>
        ))}
      </ol>
      {plan.warnings.length > 0 ? (
        <ul className="incident-plan__warnings">
          {plan.warnings.map((line) => (
            <li key={line}>{visible(line)}</li>
          ))}
        </ul>
      ) : null}
      <p className="incident__mark">
        <Undo2 aria-hidden="true" />
        {visible(plan.reversible)}
      </p>
      {isolation ? (
        <Disclosure
          summary="The exact rules"
          note={`a timer on the node counts ${isolation.stepDownSeconds} seconds`}
        >
          {plan.couldUndo.map((line) => (
            <p key={line} className="incident__quiet">
              {visible(line)}
            </p>
          ))}
          {[...isolation.nodes, ...isolation.peers].map(({ node, name, text }) => (
            <div key={node}>
              <h3 className="incident-plan__who">{visible(name)}</h3>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
              <pre className="incident-plan__rules" tabIndex={0}>
                {text === null ? 'Made when it answers; the words above say what they do.' : text}
              </pre>
            </div>
          ))}
        </Disclosure>
      ) : null}
      {plan.blocked ? <p className="incident__warning">{visible(plan.blocked)}</p> : null}
      {begin.error ? <ErrorState inline {...errorWords(begin.error, 'It could not be begun.')} /> : null}
      <div className="incident-plan__foot">
        <Button
          variant="filled"
          running={begin.isPending && 'Waiting for your yes outside this page'}
          disabledReason={plan.blocked === null ? null : 'It cannot be begun as things are.'}
          onClick={order}
        >
          {release?.without ? 'Let it go without an answer' : button}
        </Button>
        <Button ref={leave} onClick={onLeave}>
          Not now
        </Button>
        {isolation ? (
          <Button variant="link" onClick={() => onScope(isolation.scope === 'node' ? 'agent' : 'node')}>
            {isolation.scope === 'node' ? 'Only mycoSwarm, not the whole machine' : 'The whole machine'}
          </Button>
        ) : null}
        {release && (release.canWithout || release.without) ? (
          <Button variant="link" onClick={() => onWithout(!release.without)}>
            {release.without ? 'Ask it first, as usual' : 'It will not answer any more…'}
          </Button>
        ) : null}
      </div>
    </section>
  );
}
