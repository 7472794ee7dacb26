import { secondsBeforeSteps } from '#shared/domain/arm-seconds.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { capital } from '#shared/domain/words.ts';
import { SelectField } from '../../components/field.tsx';
import { interruptsInWords, needsInWords } from '../../components/fixes/step-words.ts';
import { count } from '../../components/time-words.ts';

export interface RevertChoice {
  /** Seconds; null for what the console proposes. */
  value: number | null;
  onChange: (seconds: number) => void;
}

const CHOICES = [30, 60, 120, 300, 600] as const;

/** Beside the steps: what the plan needs, what stops, what comes back by itself, what cannot be undone. */
export function PlanFacts({ plan, revertsAfter }: { plan: Plan; revertsAfter: RevertChoice | undefined }) {
  const needs = needsInWords(plan.steps);
  const stops = interruptsInWords(plan.steps);
  const lasting = plan.steps.filter((step) => !step.undoable);
  const seconds = plan.revertsAfter;
  const choices = seconds === null ? [] : [...new Set([...CHOICES, seconds])].sort((a, b) => a - b);
  return (
    <aside className="plan-facts" aria-label="What it needs">
      <dl>
        <div>
          <dt>Needs</dt>
          <dd>{needs.length === 0 ? 'Nothing special' : capital(needs.join(', '))}</dd>
        </div>
        <div>
          <dt>Stops meanwhile</dt>
          <dd>
            {stops.length === 0 ? 'Nothing' : stops.map((words) => <p key={words}>{visible(words)}</p>)}
          </dd>
        </div>
        {seconds === null ? null : (
          <div>
            <dt>If you lose your way in</dt>
            <dd>
              {visible(plan.nodeName)} takes it back by itself, whether or not this console is there: at most{' '}
              {count(Math.ceil(secondsBeforeSteps(plan, seconds) / 60), 'minute')} after the first step, and
              once all are done,
              {revertsAfter ? (
                <SelectField
                  label="Takes itself back after"
                  hideLabel
                  value={String(seconds)}
                  onChange={(event) => revertsAfter.onChange(Number(event.target.value))}
                  options={choices.map((choice) => ({
                    value: String(choice),
                    label: `after ${choice < 120 ? count(choice, 'second') : count(choice / 60, 'minute')}`,
                  }))}
                />
              ) : (
                ` after ${count(seconds, 'second')}.`
              )}
            </dd>
          </div>
        )}
        <div>
          <dt>Undo</dt>
          <dd>
            {plan.steps.length > 0 && lasting.length === 0
              ? 'Everything it does can be undone, from Activity.'
              : lastingInWords(lasting).map((words) => <p key={words}>{words}</p>)}
          </dd>
        </div>
      </dl>
    </aside>
  );
}

/** What undo does not bring back: the same words of several steps only once, and without naming each of them. */
function lastingInWords(steps: readonly Plan['steps'][number][]): string[] {
  const titles = new Map<string, string[]>();
  for (const step of steps) titles.set(step.undo, [...(titles.get(step.undo) ?? []), step.title]);
  return [...titles].map(([undo, [title, ...more]]) =>
    visible(more.length === 0 ? `${title}: ${undo}` : capital(undo)),
  );
}
