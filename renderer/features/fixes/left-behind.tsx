import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { counted } from '#shared/domain/words.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import './left-behind.css';

/** What a stuck change left on the node, newest first: each with its reason and the command by which a person takes it back. */
export function LeftBehind({ change }: { change: AppliedChange }) {
  const { left = [], nodeName } = change;
  if (left.length === 0) return null;
  return (
    <section aria-labelledby="change-left">
      <SectionHeading
        id="change-left"
        title={`Still on ${visible(nodeName)}`}
        note={`${counted(left.length, 'step')} could not be taken back. Do them by hand in this order, try once more, or leave them.`}
      />
      <ol className="left-behind">
        {left.map(({ step, title, why, undo, byHand }) => (
          <li key={step}>
            <p className="left-behind__title">{visible(title)}</p>
            {why === null ? null : <p className="left-behind__why">{visibleLines(why)}</p>}
            {byHand === null ? (
              <p className="left-behind__why">{visible(undo)}</p>
            ) : (
              <div className="step-preview__command">
                <pre>{visibleLines(byHand)}</pre>
                <CopyButton text={byHand} label={`Copy what takes step ${step + 1} back`} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
