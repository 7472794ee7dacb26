import { AppWindow, SquareTerminal } from 'lucide-react';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { transport } from '../../transport/queries.ts';
import { ErrorState, errorWords } from '../error-state.tsx';
import { TakeBack, useOpenQuestion } from './asked-elsewhere.tsx';
import { codeOf, type Order } from './use-order.ts';
import './order-note.css';

/** Where the question waits while consent is asked for, and what came of it when it was not given. */
export function OrderNote({ plan, order }: { plan: Plan; order: Order }) {
  const desktop = transport.shell === 'desktop';
  const Icon = desktop ? AppWindow : SquareTerminal;
  const node = visible(plan.nodeName);
  const question = useOpenQuestion('consent', order.asking, plan.node);
  return (
    <div role="status" className="order-note__region">
      {order.asking ? (
        <div className="order-note">
          <Icon aria-hidden="true" />
          <div>
            <p className="order-note__where">
              {desktop
                ? 'Agree in the window that Swarmkeep has opened.'
                : 'Agree in the terminal in which Swarmkeep runs: type yes and the number that it shows.'}
            </p>
            <p>
              It asks for “{visible(plan.title)}”. No page can give this consent, this one included. Nothing
              is done before you agree.
              {plan.access.via === 'sudo-password'
                ? ` The password of sudo on ${node} is asked for there too, unless it was typed for this plan.`
                : ''}
              {plan.access.via === 'pkexec' ? ' Your system then asks for an administrator.' : ''}
            </p>
            {question === null ? null : <TakeBack question={question} />}
          </div>
        </div>
      ) : order.error ? (
        <Refused error={order.error} node={node} />
      ) : null}
    </div>
  );
}

function Refused({ error, node }: { error: Error; node: string }) {
  if (codeOf(error) === 'CONSENT_REFUSED') {
    const { next } = errorWords(error, '');
    return (
      <p className="order-note__refused">
        You did not agree, so nothing was changed on {node}.{next ? ` ${next}` : ''}
      </p>
    );
  }
  return (
    <ErrorState
      inline
      untouched="Nothing was changed."
      next="Read the plan once more, then order it again."
      {...errorWords(error, 'It could not be ordered.')}
    />
  );
}
