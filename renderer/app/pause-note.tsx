import { CirclePause } from 'lucide-react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../components/button.tsx';
import { Disclosure } from '../components/disclosure.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { usePause } from './use-pause.ts';
import './pause.css';

const WORDS = {
  paused: 'Stands still',
  asked: 'No answer yet',
  'not-paused': 'Not paused',
  'nothing-there': 'Nothing to pause',
} as const;

/** On every page while agents are paused: where that is proven, where not and why. */
export function PauseNote() {
  const { state, pause, resume } = usePause();
  if (state === undefined || state.is === 'running') return null;
  const missing = state.nodes.filter(({ is }) => is === 'not-paused' || is === 'asked');
  return (
    <section className="pause-note no-print" aria-label="Pause of all agents">
      <CirclePause aria-hidden="true" />
      <div className="pause-note__words">
        <p role="status">
          <strong>{visible(state.sentence)}</strong>{' '}
          {state.since ? (
            <>
              Since <RelativeTime at={state.since} />.
            </>
          ) : null}
        </p>
        <Disclosure summary="Node by node">
          <ul className="pause-note__nodes">
            {state.nodes.map(({ node, name, is, still, why }) => (
              <li key={node}>
                <span className="pause-note__name">{visible(name)}</span>
                <span>{is === 'paused' && still > 0 ? `${WORDS[is]}, ${still} processes` : WORDS[is]}</span>
                <span className="pause-note__why">{visible(why)}</span>
              </li>
            ))}
          </ul>
        </Disclosure>
      </div>
      <div className="pause-note__actions">
        {missing.length > 0 && state.is === 'paused' ? (
          <Button small running={pause.isPending && 'Trying'} onClick={() => pause.mutate()}>
            Try again
          </Button>
        ) : null}
        <Button small running={resume.isPending && 'Waiting for your yes'} onClick={() => resume.mutate()}>
          Let agents run again
        </Button>
      </div>
    </section>
  );
}
