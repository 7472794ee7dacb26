import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../button.tsx';
import { ProgressBar } from '../progress-bar.tsx';
import { Spinner } from '../spinner.tsx';
import { stepProgress } from './change-words.ts';
import { useChangeActions } from './use-change-actions.ts';
import './change-progress.css';

/** How far a change is, in words and as a bar, with Cancel beside it while there is something to cancel. */
export function ChangeProgress({ change }: { change: AppliedChange }) {
  const { cancel } = useChangeActions(change.id);
  const { done, of, words } = stepProgress(change);
  const node = visible(change.nodeName);
  const said =
    change.state === 'verifying'
      ? `Checking ${node} with fresh facts`
      : change.state === 'waiting'
        ? `Waiting for its turn on ${node}`
        : words;
  // What waits in the middle says so; there is nothing to stop then, only to try.
  const waits = change.error !== null && change.state !== 'waiting';
  const stoppable = !waits && (change.state === 'applying' || change.state === 'waiting');
  return (
    <div className="change-progress">
      <div className="change-progress__line">
        <Spinner />
        <p role="status">{said}</p>
        {stoppable ? (
          <Button
            small
            variant="plain"
            running={cancel.isPending && 'Stopping'}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </Button>
        ) : waits ? (
          <Button
            small
            variant="plain"
            running={cancel.isPending && 'Trying'}
            onClick={() => cancel.mutate()}
          >
            Try now
          </Button>
        ) : null}
      </div>
      <ProgressBar
        value={change.state === 'verifying' ? of : done}
        max={Math.max(1, of)}
        label={`${visible(change.title)} on ${node}`}
        words={said}
      />
      {stoppable ? (
        <p className="change-progress__note">Cancel stops between two steps and takes back what was done.</p>
      ) : null}
    </div>
  );
}
