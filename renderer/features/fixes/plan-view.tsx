import type { UseQueryResult } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { PasswordAsked, useOpenQuestion } from '../../components/fixes/asked-elsewhere.tsx';
import { PlanSteps } from '../../components/fixes/plan-steps.tsx';
import { Page, PageHeader, SectionHeading } from '../../components/page-header.tsx';
import { clockTime } from '../../components/time-words.ts';
import { Waiting } from '../../components/waiting.tsx';
import { Differences } from './differences.tsx';
import { LeftOut } from './left-out.tsx';
import { PlanBox } from './plan-box.tsx';
import { PlanFacts, type RevertChoice } from './plan-facts.tsx';
import { planLead } from './plan-words.ts';
import { Proofs } from './proofs.tsx';

export interface PlanViewProps {
  planning: UseQueryResult<Plan>;
  /** What is in the plan, where there is a choice. */
  include?: ReactNode;
  /** What else can be chosen. */
  options?: ReactNode;
  revertsAfter?: RevertChoice;
  /** The node is a recording: the plan is there to be read. */
  example?: boolean;
  /** Said while the first plan is made. */
  title?: string | undefined;
}

/** The page of any plan: its sentence, the box with what changes and the button, then every step, then the small print. */
export function PlanView({
  planning,
  include,
  options,
  revertsAfter,
  example = false,
  title,
}: PlanViewProps) {
  const [unfolded, setUnfolded] = useState(0);
  const leave = useLeave();
  const navigate = useNavigate();
  const plan = planning.data;
  const question = useOpenQuestion('password', planning.isFetching);
  if (planning.isError && !planning.isFetching) {
    return (
      <Page>
        <ErrorState
          untouched="Nothing was changed."
          next="Try once more, or read the steps with the finding."
          {...errorWords(planning.error, 'The plan could not be made.')}
          action={<Button onClick={() => void planning.refetch()}>Plan again</Button>}
        />
      </Page>
    );
  }
  if (!plan) {
    if (question !== null) {
      const asking = visible(question.nodeName ?? 'the node');
      return (
        <Page>
          <PageHeader
            eyebrow={`Plan · ${asking} · nothing has been done`}
            sentence={`Waiting for the password of sudo on ${asking}.`}
            lead="With it Swarmkeep looks as administrator at what the plan would change. Nothing is changed by that."
          />
          <div className="plan-page__asked">
            <PasswordAsked />
          </div>
        </Page>
      );
    }
    return <Waiting words={title ? `Planning: ${title}…` : 'Reading what is there now, and planning…'} />;
  }
  const node = visible(plan.nodeName);
  return (
    <Page className="plan-page">
      <PageHeader
        eyebrow={
          example
            ? `Plan for ${node} · an example · nothing can be changed`
            : `Plan for ${node} · made ${clockTime(plan.madeAt)} · nothing has been done`
        }
        sentence={`${visible(plan.title).replace(/\.$/, '')}.`}
        lead={planLead(plan)}
      />
      <div className="plan-page__columns">
        <div className="plan-page__main">
          <PlanBox
            plan={plan}
            example={example}
            include={include}
            options={options}
            planning={planning.isPlaceholderData || planning.isFetching}
            onLeave={leave}
            onOrdered={(change) => void navigate({ to: '/change/$change', params: { change } })}
          />
          <Differences plan={plan} />
          {plan.steps.length > 0 ? (
            <section aria-labelledby="plan-steps">
              <SectionHeading
                id="plan-steps"
                title={
                  plan.steps.length === 1 ? 'The one step' : `The ${plan.steps.length} steps, in this order`
                }
                aside={
                  <Button variant="link" onClick={() => setUnfolded((before) => before + 1)}>
                    {unfolded % 2 === 0 ? 'Unfold all' : 'Fold all'}
                  </Button>
                }
              />
              <PlanSteps key={`${plan.id} ${unfolded}`} plan={plan} open={unfolded % 2 === 1} />
            </section>
          ) : null}
          <Proofs plan={plan} />
          <LeftOut plan={plan} />
        </div>
        <PlanFacts plan={plan} revertsAfter={revertsAfter} />
      </div>
    </Page>
  );
}

/** "Not now": back to where the operator came from; nothing has happened. */
function useLeave(): () => void {
  const router = useRouter();
  const navigate = useNavigate();
  return () => {
    if (router.history.canGoBack()) router.history.back();
    else void navigate({ to: '/checks' });
  };
}
