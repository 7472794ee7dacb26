import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { Plan, PlanStep } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from '../disclosure.tsx';
import { StepPreview } from './step-preview.tsx';
import { interruptsInWords, needsInWords } from './step-words.ts';
import './plan-steps.css';

/** Every step in its order, each unfolding to exactly what it does. Those that wait for "Keep" stand under their own line. */
export function PlanSteps({ plan, open = false }: { plan: Plan; open?: boolean }) {
  const several = plan.checks.length > 1;
  // What every step needs is said once, over all of them.
  const common = plan.steps.every((step) => step.needs.includes('root'));
  return (
    <ol className="plan-steps">
      {plan.steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are an order, and their place is their name
        <li key={index} className="plan-steps__step">
          {step.phase === 'when-kept' && plan.steps[index - 1]?.phase !== 'when-kept' ? (
            <p className="plan-steps__phase">Only after you keep it, so that it holds over a restart:</p>
          ) : null}
          <Step
            step={step}
            number={index + 1}
            named={several && step.check !== plan.steps[index - 1]?.check}
            open={open}
            common={common}
          />
        </li>
      ))}
    </ol>
  );
}

interface StepProps {
  step: PlanStep;
  number: number;
  /** Says for which check it is: where the check before was another one. */
  named: boolean;
  /** Unfolded from the beginning. */
  open: boolean;
  /** Every step needs an administrator. */
  common: boolean;
}

function Step({ step, number, named, open, common }: StepProps) {
  const needs = step.needs.filter((need) => !(common && need === 'root'));
  const quiet = [...needsInWords([{ needs }]), ...interruptsInWords([step]).map((words) => `stops ${words}`)];
  return (
    <>
      {named && step.check ? <p className="plan-steps__check">{catalogueEntry(step.check).title}</p> : null}
      <div className="plan-steps__line">
        <span className="plan-steps__number" aria-hidden="true">
          {number}
        </span>
        <div className="plan-steps__body">
          <Disclosure
            defaultOpen={open}
            summary={
              <>
                <span className="visually-hidden">Step {number}: </span>
                <span className="plan-steps__title">{visible(step.title)}</span>
              </>
            }
            note={quiet.map(visible).join(' · ') || undefined}
          >
            <div className="plan-steps__detail">
              <StepPreview preview={step.preview} name={`step ${number}`} />
              <p className={step.undoable ? 'plan-steps__undo' : 'plan-steps__undo plan-steps__undo--not'}>
                {step.undoable ? 'Undone by: ' : 'Cannot be undone: '}
                {visible(step.undo)}
              </p>
            </div>
          </Disclosure>
        </div>
      </div>
    </>
  );
}
