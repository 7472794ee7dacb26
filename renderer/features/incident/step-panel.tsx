import { Lock, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { IncidentStep } from '#shared/domain/incident/incident.ts';
import type { IncidentView } from '#shared/domain/incident/incident-view.ts';
import { stepText, waitsFor } from '#shared/domain/incident/incident-words.ts';
import { PLAYBOOKS } from '#shared/domain/incident/playbook.ts';
import { visible } from '#shared/domain/text.ts';
import { listed } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { TextAreaField } from '../../components/field.tsx';
import { CredentialsPanel } from './credentials-panel.tsx';
import { EvidenceList } from './evidence-list.tsx';
import { FollowUpIdeas } from './follow-up-ideas.tsx';
import { GatePanel } from './gate-panel.tsx';
import { HuntPanel } from './hunt-panel.tsx';
import { RebuildPanel } from './rebuild-panel.tsx';
import { RotatePanel } from './rotate-panel.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import type { IncidentActions } from './use-incident.ts';
import { WorkspacePanel } from './workspace-panel.tsx';

export interface StepPanelProps {
  view: IncidentView;
  step: IncidentStep;
  /** It is the one that comes next: its first button is the filled one of the page. */
  isNext: boolean;
  actions: IncidentActions;
  onPlan: () => void;
  /** It was none. */
  onFalseAlarm: (reason: string) => void;
}

/** Why a step is there, how it is taken back, what became of it, and what can be done about it now. */
export function StepPanel({ view, step, isNext, actions, onPlan, onFalseAlarm }: StepPanelProps) {
  const { incident } = view;
  const text = stepText(incident, step.step);
  const doing = view.doing.find((one) => one.step === step.step);
  const open = incident.closedAt === null;
  const settled = step.state === 'done' || step.state === 'skipped';
  return (
    <div className="step-panel">
      <p className="step-panel__purpose">{visible(text.purpose)}</p>
      {step.action === 'tell' ? (
        <ul className="incident__bullets">
          {PLAYBOOKS[incident.kind].tell.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      ) : null}
      {text.reversible ? (
        <p className="incident__mark">
          <Undo2 aria-hidden="true" />
          {visible(text.reversible)}
        </p>
      ) : text.final ? (
        <p className="incident__mark incident__mark--final">
          <Lock aria-hidden="true" />
          Cannot be taken back. {text.final}
        </p>
      ) : null}
      {step.words ? (
        <p className="step-panel__outcome">
          <strong>{OUTCOME[step.state]}</strong> {visible(step.words)}
        </p>
      ) : null}
      {step.state === 'under-way' ? (
        <div className="step-panel__running" role="status">
          <span>
            {doing?.words ? visible(doing.words) : 'Under way'}
            {doing?.done != null && doing.all !== null ? `, ${doing.done} of ${doing.all}` : ''}
          </span>
          {step.action === 'isolate' || step.action === 'release' ? null : (
            <Button
              small
              running={actions.cancel.isPending && 'Calling off'}
              onClick={() => actions.cancel.mutate(step.step)}
            >
              Call it off
            </Button>
          )}
        </div>
      ) : null}
      {step.action === 'preserve' && settled ? <EvidenceList incident={incident.id} /> : null}
      {step.action === 'workspace' ? (
        <WorkspacePanel incident={incident} step={step} isNext={isNext} actions={actions} />
      ) : null}
      {step.action === 'hunt' ? (
        <HuntPanel incident={incident} step={step} isNext={isNext} actions={actions} />
      ) : null}
      {step.action === 'timeline' ? <TimelinePanel incident={incident} actions={actions} /> : null}
      {step.action === 'credentials' && incident.node !== null ? (
        <CredentialsPanel incident={incident} actions={actions} />
      ) : null}
      {step.action === 'rotate' ? (
        <RotatePanel incident={incident} step={step} isNext={isNext} button={text.button} />
      ) : null}
      {step.action === 'rebuild' ? (
        <RebuildPanel incident={incident} step={step} isNext={isNext} actions={actions} />
      ) : null}
      {step.action === 'rejoin' && incident.node !== null ? (
        <GatePanel incident={incident} step={step} isNext={isNext} actions={actions} />
      ) : null}
      {step.action === 'lessons' ? <FollowUpIdeas incident={incident} actions={actions} /> : null}
      {open && step.state !== 'under-way' ? (
        settled ? (
          <Button
            variant="link"
            running={actions.move.isPending && 'Noting'}
            onClick={() => actions.move.mutate({ kind: 'again', step: step.step })}
          >
            Take this step up again
          </Button>
        ) : (
          <StepForm
            view={view}
            step={step}
            isNext={isNext}
            actions={actions}
            onPlan={onPlan}
            onFalseAlarm={onFalseAlarm}
          />
        )
      ) : null}
    </div>
  );
}

const OUTCOME = {
  done: 'What became of it:',
  skipped: 'Skipped, because:',
  failed: 'It did not work:',
  'under-way': '',
  'not-begun': '',
} as const;

function StepForm({ view, step, isNext, actions, onPlan, onFalseAlarm }: StepPanelProps) {
  const [words, setWords] = useState('');
  const [asked, setAsked] = useState(false);
  const { incident } = view;
  const text = stepText(incident, step.step);
  const waits = waitsFor(incident, step);
  const { move } = actions;
  const say = (kind: 'did' | 'skip') => {
    if (words.trim() === '') return setAsked(true);
    move.mutate({ kind, step: step.step, words: words.trim() });
  };
  const planned = step.action === 'isolate' || step.action === 'preserve' || step.action === 'release';
  const asks = step.action === 'workspace' || step.action === 'hunt';
  const guided = step.action === 'rebuild';
  // Nobody leaves the gate out; past it leads a decision that is asked for above.
  if (step.action === 'rejoin')
    return waits.length === 0 ? null : (
      <p className="incident__quiet">
        First: {visible(listed(waits, 4, 'step'))}. Where you leave that out with a reason, only a decision
        leads past the gate.
      </p>
    );
  return (
    <div className="step-panel__form">
      {waits.length > 0 ? (
        <p className="incident__quiet">
          First: {visible(listed(waits, 4, 'step'))}. Do it, or skip it with a reason.
        </p>
      ) : null}
      {planned && waits.length === 0 ? (
        <Button variant="outline" running={actions.plan.isPending && 'Asking the nodes'} onClick={onPlan}>
          {text.button}…
        </Button>
      ) : null}
      <TextAreaField
        label={LABEL[step.action] ?? 'If you did it yourself or skip it: what was done, or why not'}
        rows={2}
        maxLength={2_048}
        value={words}
        error={
          asked && words.trim() === ''
            ? 'One sentence is enough: whoever reads this later was not there.'
            : null
        }
        onChange={(event) => setWords(event.target.value)}
      />
      <div className="step-panel__buttons">
        {waits.length === 0 && !text.seenOnly ? (
          <Button
            variant={planned || asks || guided ? 'plain' : isNext ? 'filled' : 'outline'}
            running={move.isPending && 'Noting'}
            onClick={() => say('did')}
          >
            {planned || asks
              ? 'I did it by hand'
              : guided
                ? 'It was set up anew without the kit'
                : text.button}
          </Button>
        ) : null}
        <Button variant="plain" onClick={() => say('skip')}>
          Skip it
        </Button>
        {step.action === 'confirm' ? (
          <Button variant="plain" onClick={() => onFalseAlarm(words.trim())}>
            It is a false alarm
          </Button>
        ) : null}
      </div>
    </div>
  );
}

const LABEL: Partial<Record<IncidentStep['action'], string>> = {
  confirm: 'What makes you think so',
  timeline: 'What happened, in a few sentences',
  lessons: 'What let it in, and what you will change',
  tell: 'Whom you told, and what',
  rotate: 'If you leave it out: why no new secret is needed',
  rebuild: 'If you did it in another way or leave it out: how, or why not',
  clean: 'What was taken out, and where',
  credentials: 'Which were ended, and which need not be',
};
