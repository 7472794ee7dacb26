import { countWord } from '#shared/domain/words.ts';
import type { Looking } from '../../app/looking.ts';
import { Button } from '../../components/button.tsx';
import { LookProgress } from '../../components/look-progress.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { Spinner } from '../../components/spinner.tsx';

/** Looks under way in one line, however many nodes they are at, so that nothing moves while they end one by one. */
export function RunningLooks({ looking }: { looking: Looking }) {
  const { running } = looking;
  const [only] = running;
  if (!only) return null;
  if (running.length === 1) {
    return (
      <div className="home__running">
        <LookProgress look={only} onCancel={looking.cancel} />
      </div>
    );
  }
  const done = running.reduce((sum, look) => sum + look.subjectsDone, 0);
  const total = running.reduce((sum, look) => sum + look.subjectsTotal, 0);
  return (
    <div className="home__running look-progress">
      <div className="look-progress__words">
        <Spinner />
        <p>
          <strong>Looking at {countWord(running.length)} nodes</strong>{' '}
          <span className="quiet tabular">
            {done} of {total}
          </span>
        </p>
        <Button
          small
          variant="plain"
          onClick={() => {
            for (const { look } of running) looking.cancel(look);
          }}
        >
          Cancel
        </Button>
      </div>
      <ProgressBar
        value={done}
        max={Math.max(1, total)}
        label={`Looking at ${countWord(running.length)} nodes`}
      />
    </div>
  );
}
