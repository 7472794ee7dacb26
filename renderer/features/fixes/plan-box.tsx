import type { ReactNode } from 'react';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { sentence } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { FixCard } from '../../components/fix-card.tsx';
import { AccessLine } from '../../components/fixes/access-line.tsx';
import { PasswordAsked } from '../../components/fixes/asked-elsewhere.tsx';
import { ExampleNote } from '../../components/fixes/example-note.tsx';
import { OrderNote } from '../../components/fixes/order-note.tsx';
import { PlanSettings } from '../../components/fixes/plan-settings.tsx';
import { useOrder } from '../../components/fixes/use-order.ts';
import { orderWords } from './plan-words.ts';

export interface PlanBoxProps {
  plan: Plan;
  /** The node is a recording: nothing can be ordered. */
  example: boolean;
  include: ReactNode;
  options: ReactNode;
  /** A newer plan is being made: this one cannot be ordered any more. */
  planning: boolean;
  onLeave: () => void;
  onOrdered: (change: string) => void;
}

/** The one box of the page: what changes from what to what, when, how to get back, as whom, and the button. */
export function PlanBox({ plan, example, include, options, planning, onLeave, onOrdered }: PlanBoxProps) {
  const order = useOrder(plan, onOrdered);
  const [only] = plan.settings;
  const single = plan.settings.length === 1 && only && !include ? only : null;
  const possible = plan.blocked === null && plan.steps.length > 0;
  return (
    <FixCard
      title={visible(single?.setting ?? 'What changes')}
      now={single ? visible(single.from) : undefined}
      after={single ? visible(single.to) : undefined}
      takesEffect={single ? visible(single.takesEffect) : undefined}
      ifItGoesWrong={single ? visible(single.recover) : undefined}
      actions={
        <>
          {possible ? (
            <Button
              variant="filled"
              running={(order.asking && 'Waiting for your yes') || (planning && 'Planning anew')}
              disabledReason={order.other ? 'Another plan waits for your yes.' : null}
              onClick={order.order}
            >
              {orderWords(plan)}
            </Button>
          ) : null}
          <Button variant={possible ? 'plain' : 'outline'} onClick={onLeave}>
            {example ? 'Back' : order.asking ? 'Leave it for now' : 'Not now'}
          </Button>
        </>
      }
    >
      {include ? (
        <IncludedSettings plan={plan}>{include}</IncludedSettings>
      ) : single || plan.settings.length === 0 ? null : (
        <PlanSettings settings={plan.settings} />
      )}
      {options ? <div className="plan-page__options">{options}</div> : null}
      {example ? (
        <ExampleNote nodeName={plan.nodeName} />
      ) : (
        <div className="plan-page__access">
          <AccessLine access={plan.access} nodeName={plan.nodeName} />
        </div>
      )}
      {plan.blocked && !example ? <p className="plan-page__blocked">{visible(plan.blocked)}</p> : null}
      {planning || order.asking ? <PasswordAsked node={plan.node} /> : null}
      <OrderNote plan={plan} order={order} />
    </FixCard>
  );
}

/** The list of what is included, and under it how to get back: the same words only once. */
function IncludedSettings({ plan, children }: { plan: Plan; children: ReactNode }) {
  const recover = [...new Set(plan.settings.map((row) => row.recover).filter(Boolean))];
  return (
    <>
      {children}
      {recover.length > 0 ? (
        <dl className="plan-settings__recover">
          <dt>If it goes wrong</dt>
          <dd>{recover.map(visible).map(sentence).join(' ')}</dd>
        </dl>
      ) : null}
    </>
  );
}
