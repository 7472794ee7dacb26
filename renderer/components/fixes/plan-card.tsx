import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { Button, buttonClass } from '../button.tsx';
import { Unfold } from '../disclosure.tsx';
import { FixCard } from '../fix-card.tsx';
import { AccessLine, accessInShort } from './access-line.tsx';
import { ExampleNote } from './example-note.tsx';
import { fixVerb } from './fix-verbs.ts';
import { OrderNote } from './order-note.tsx';
import { PlanSettings } from './plan-settings.tsx';
import { PlanSteps } from './plan-steps.tsx';
import { useOrder } from './use-order.ts';
import './plan-card.css';

export interface PlanCardProps {
  plan: Plan;
  /** Beside the evidence: steps are shown on a page of their own, where a file has room. */
  column?: boolean;
  /** At the right edge: "Not now", "Accept the risk until…". */
  aside?: ReactNode;
  /** The node is a recording: the plan is there to be read. */
  example?: boolean;
  onOrdered?: (change: string) => void;
}

/**
 * What would change, from what to what, when, and how to get back; and the one button that orders it. Nothing happens by
 * waiting, by leaving or by closing.
 */
export function PlanCard({ plan, column = false, aside, example = false, onOrdered }: PlanCardProps) {
  const [open, setOpen] = useState(false);
  const order = useOrder(plan, onOrdered);
  const [check] = plan.checks;
  const steps = counted(plan.steps.length, 'step');
  const [only] = plan.settings;
  const single = plan.settings.length === 1 && only ? only : null;
  return (
    <FixCard
      column={column}
      title={visible(single?.setting ?? plan.title)}
      note={
        column
          ? undefined
          : example
            ? 'an example'
            : `${accessInShort(plan.access)} on ${visible(plan.nodeName)}`
      }
      now={single ? visible(single.from) : undefined}
      after={single ? visible(single.to) : undefined}
      takesEffect={single ? visible(single.takesEffect) : undefined}
      ifItGoesWrong={single ? visible(single.recover) : undefined}
      aside={aside}
      actions={
        <>
          {plan.blocked === null ? (
            <Button
              variant="filled"
              wide={column}
              running={order.asking && 'Waiting for your yes'}
              disabledReason={order.other ? 'Another plan waits for your yes.' : null}
              onClick={order.order}
            >
              {check ? fixVerb(check) : visible(plan.title)}
            </Button>
          ) : null}
          {column ? (
            <Link
              to="/plan"
              search={(before) => ({ ...before, do: 'fix', on: plan.node, checks: plan.checks.join(',') })}
              className={buttonClass(example ? 'filled' : 'link')}
            >
              Show the {steps}
            </Link>
          ) : (
            <Button
              variant={example && !open ? 'filled' : 'plain'}
              aria-expanded={open}
              onClick={() => setOpen((before) => !before)}
            >
              {open ? 'Hide' : 'Show'} the {plan.steps.length === 1 ? 'step' : `${plan.steps.length} steps`}
            </Button>
          )}
        </>
      }
    >
      {single ? null : <PlanSettings settings={plan.settings} column={column} />}
      {column ? null : (
        <Unfold open={open}>
          <div className="plan-card__steps">
            <PlanSteps plan={plan} />
          </div>
        </Unfold>
      )}
      {example ? (
        <ExampleNote nodeName={plan.nodeName} />
      ) : column || plan.access.outdated ? (
        <div className="plan-card__access">
          <AccessLine access={plan.access} nodeName={plan.nodeName} />
        </div>
      ) : null}
      {plan.blocked && !example ? <p className="plan-card__blocked">{visible(plan.blocked)}</p> : null}
      <OrderNote plan={plan} order={order} />
    </FixCard>
  );
}
