import type { RotationRun } from '#shared/domain/rotation/run.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { STRIP, stripDone, waitsWords } from './run-words.ts';
import { SplitWindow } from './split-window.tsx';
import type { Rotation } from './use-rotation.ts';

export interface RunViewProps {
  run: RotationRun;
  rotation: Rotation;
  onUnlock: () => void;
  /** Back to the secrets themselves, once it has ended. */
  onDone: () => void;
}

/** A rotation as it goes, or as it ended: never more than is proven. */
export function RunView({ run, rotation, onUnlock, onDone }: RunViewProps) {
  const waits = waitsWords(run);
  const { resume, abort } = rotation;
  const ended = run.endedAt !== null;
  return (
    <>
      <PageHeader
        eyebrow={
          <>
            {run.emergency ? 'Emergency rotation' : 'Rotation'} · began <RelativeTime at={run.startedAt} />
          </>
        }
        sentence={visible(run.sentence)}
        lead={run.error ? visible(run.error) : waits}
        actions={
          <>
            {run.canAbort ? (
              <Button running={abort.isPending && 'Taking it back'} onClick={() => abort.mutate(run.id)}>
                Take it back
              </Button>
            ) : null}
            {run.waits === 'unlock' ? (
              <Button variant="filled" onClick={onUnlock}>
                Unlock
              </Button>
            ) : run.canResume ? (
              <Button
                variant="filled"
                running={resume.isPending && 'Going on'}
                onClick={() => resume.mutate(run.id)}
              >
                Go on
              </Button>
            ) : null}
            {ended ? <Button onClick={onDone}>Back to the secrets</Button> : null}
          </>
        }
      />
      {run.stage === 'aborted' ? null : <Strip run={run} />}
      <section className="secrets__part">
        <h2>New swarm secret</h2>
        <p className="secrets__note">{decidedWords(run)}</p>
        <SplitWindow run={run} />
      </section>
      {run.strangers.length > 0 ? <Strangers run={run} /> : null}
    </>
  );
}

function Strip({ run }: { run: RotationRun }) {
  const done = stripDone(run.stage);
  return (
    <ol className="strip" aria-label="How far it is">
      {STRIP.map(({ title, words }, index) => {
        const is = index < done ? 'done' : index === done && run.endedAt === null ? 'now' : 'later';
        return (
          <li
            key={title}
            className={`strip__part strip__part--${is}`}
            aria-current={is === 'now' ? 'step' : undefined}
          >
            <span className="strip__title">
              {title}
              <span className="visually-hidden">
                {is === 'done' ? ', done' : is === 'now' ? ', under way' : ''}
              </span>
            </span>
            <span className="strip__words">{words}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Strangers({ run }: { run: RotationRun }) {
  return (
    <section className="secrets__part">
      <h2>Strangers</h2>
      <p className="secrets__note">They announce themselves as nodes. No node gives them the new secret.</p>
      <ul className="secrets__rows">
        {run.strangers.map(({ name, address }) => (
          <li key={`${name} ${address}`}>
            <strong>{visible(name)}</strong> <code>{visible(address)}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

function decidedWords({ stage, restartsAt }: RotationRun): string {
  if (stage === 'aborted')
    return 'It was taken back before the decision. Every node has the secret that it had.';
  if (restartsAt === null)
    return 'Nothing was decided yet: until then it can be taken back, and no node changes.';
  return `Decided for ${toTheSecond(restartsAt)}. From there it only goes forward.`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Here seconds matter: `23:09:12`. */
const toTheSecond = (at: string): string => CLOCK.format(new Date(at));
