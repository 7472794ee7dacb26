import { Check, CircleDashed, Minus, Undo2, X } from 'lucide-react';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { isSettled } from '../../components/fixes/change-words.ts';
import { StepPreview } from '../../components/fixes/step-preview.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { exactTime } from '../../components/time-words.ts';

type Step = AppliedChange['steps'][number];

const WORDS: Readonly<Record<Step['state'], string>> = {
  waiting: 'not yet',
  running: 'now',
  done: 'done',
  failed: 'failed',
  'taken-back': 'taken back',
  'left-out': 'left as it is',
};

/** The steps of a change as they went: state in an icon and a word, the exact text one press away. */
export function ChangeSteps({ change }: { change: AppliedChange }) {
  // What was not begun when it was over, or when it is being taken back, never will be.
  const never = isSettled(change) || change.state === 'rolling-back';
  return (
    <ol className="change-steps">
      {change.steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are an order, and their place is their name
        <li key={index} className="change-steps__step">
          <span className={`change-steps__state change-steps__state--${step.state}`}>
            <StateIcon state={step.state} />
            {step.state === 'waiting' && never ? 'not done' : WORDS[step.state]}
          </span>
          <div className="change-steps__body">
            <Disclosure
              summary={<span className="change-steps__title">{visible(step.title)}</span>}
              note={
                step.at ? (
                  <time dateTime={step.at} title={exactTime(step.at)} className="tabular">
                    {clockWithSeconds(step.at)}
                  </time>
                ) : undefined
              }
            >
              <div className="change-steps__detail">
                <StepPreview preview={step.preview} name={`step ${index + 1}`} />
              </div>
            </Disclosure>
            {step.message ? <p className="change-steps__message">{visibleLines(step.message)}</p> : null}
            {step.wheels?.length ? <Wheels wheels={step.wheels} /> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** The files that packages came from: whoever doubts an index compares these with another one. */
function Wheels({ wheels }: { wheels: NonNullable<Step['wheels']> }) {
  return (
    <ul className="change-steps__wheels" aria-label="Files that were fetched">
      {wheels.map(({ name, version, file, sha256 }) => (
        <li key={name}>
          {visible(`${name} ${version}`)}
          {file === '' ? null : <> from {visible(file)}</>}
          {sha256 === null ? (
            ', of which the index names no SHA-256'
          ) : (
            <>
              , SHA-256 <code className="change-steps__hash">{sha256}</code>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function StateIcon({ state }: { state: Step['state'] }) {
  switch (state) {
    case 'running':
      return <Spinner />;
    case 'done':
      return <Check aria-hidden="true" />;
    case 'failed':
      return <X aria-hidden="true" />;
    case 'taken-back':
      return <Undo2 aria-hidden="true" />;
    case 'left-out':
      return <Minus aria-hidden="true" />;
    case 'waiting':
      return <CircleDashed aria-hidden="true" />;
  }
}

const SECONDS = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});

function clockWithSeconds(at: string): string {
  return SECONDS.format(new Date(at));
}
