import {
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleUserRound,
  Minus,
} from 'lucide-react';
import type { IncidentStep } from '#shared/domain/incident/incident.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { nextStep, stepText } from '#shared/domain/incident/incident-words.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { clockTime } from '../../components/time-words.ts';
import { StepPanel } from './step-panel.tsx';
import type { IncidentActions } from './use-incident.ts';
import './steps.css';

export interface StepListProps {
  view: IncidentView;
  actions: IncidentActions;
  /** The unfolded one. */
  open: string | null;
  onOpen: (step: string | null) => void;
  onPlan: (step: string) => void;
  onFalseAlarm: (reason: string) => void;
}

/** All steps of the playbook in their order. Nobody has to keep to it; each unfolds to why it is there and what became of it. */
export function StepList({ view, actions, open, onOpen, onPlan, onFalseAlarm }: StepListProps) {
  const { incident } = view;
  const next = nextStep(incident);
  return (
    <section className="incident__part" aria-labelledby="steps">
      <h2 id="steps">Step by step</h2>
      <ol className="steps">
        {incident.steps.map((step) => (
          <li
            key={step.step}
            className={step === next ? 'steps__item steps__item--next' : 'steps__item'}
            data-step={step.step}
          >
            <Disclosure
              open={open === step.step}
              onOpenChange={(shown) => onOpen(shown ? step.step : null)}
              summary={
                <span className="steps__summary">
                  <StepIcon step={step} next={step === next} />
                  <span className="steps__title">{visible(stepText(incident, step.step).title)}</span>
                </span>
              }
              aside={
                <span className={`steps__state ${lookOf(step)}`}>{stateWords(step, step === next)}</span>
              }
            >
              <StepPanel
                view={view}
                step={step}
                isNext={step === next}
                actions={actions}
                onPlan={() => onPlan(step.step)}
                onFalseAlarm={onFalseAlarm}
              />
            </Disclosure>
          </li>
        ))}
      </ol>
    </section>
  );
}

function StepIcon({ step, next }: { step: IncidentStep; next: boolean }) {
  const icon = { 'aria-hidden': true, className: `steps__icon ${lookOf(step)}` } as const;
  if (step.state === 'under-way') return <Spinner />;
  if (step.state === 'failed') return <CircleAlert {...icon} />;
  if (step.state === 'skipped') return <Minus {...icon} />;
  if (step.state === 'done')
    return step.proof === 'proven' ? (
      <CircleCheck {...icon} />
    ) : step.proof === 'part' ? (
      <CircleDashed {...icon} />
    ) : (
      <CircleUserRound {...icon} />
    );
  return next ? <CircleDot {...icon} /> : <Circle {...icon} />;
}

function lookOf({ state, proof }: IncidentStep): string {
  if (state === 'failed') return 'status--fix';
  if (state === 'done')
    return proof === 'proven' ? 'status--pass' : proof === 'part' ? 'status--unknown' : '';
  return 'steps__state--quiet';
}

/** Colour alone says nothing: how it is known stands there as a word. */
function stateWords(step: IncidentStep, next: boolean): string {
  const at = step.endedAt === null ? '' : ` ${clockTime(step.endedAt)}`;
  switch (step.state) {
    case 'done':
      if (step.proof === 'proven') return `Proven${at}`;
      return step.proof === 'part' ? `Not all proven${at}` : `You said so${at}`;
    case 'skipped':
      return 'Skipped';
    case 'failed':
      return 'Did not work';
    case 'under-way':
      return 'Under way';
    case 'not-begun':
      return next ? 'Next' : '';
  }
}
