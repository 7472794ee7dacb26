import { Link } from '@tanstack/react-router';
import { TimerReset } from 'lucide-react';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../button.tsx';
import { Announced } from './announced.tsx';
import { CountdownBar } from './countdown.tsx';
import { minutesAndSeconds, useSecondsLeft } from './seconds-left.ts';
import { useShownCountdowns } from './shown-countdowns.ts';
import { useChangeActions } from './use-change-actions.ts';
import './unconfirmed-strip.css';

type Unconfirmed = AppliedChange & { revertsAt: string };

/** Over every page while a change waits to be kept, except where its own countdown is within the window. */
export function UnconfirmedStrip({ changes }: { changes: readonly AppliedChange[] }) {
  const shown = useShownCountdowns();
  const open = changes.filter(
    (change): change is Unconfirmed =>
      change.state === 'unconfirmed' && change.revertsAt !== null && !shown.has(change.id),
  );
  if (open.length === 0) return null;
  return (
    <div className="unconfirmed no-print">
      {open.map((change) => (
        <Strip key={change.id} change={change} />
      ))}
    </div>
  );
}

function Strip({ change }: { change: Unconfirmed }) {
  const left = useSecondsLeft(change.revertsAt);
  const { keep, revert } = useChangeActions(change.id);
  const node = visible(change.nodeName);
  const over = left === 0;
  return (
    <section className="unconfirmed__strip" aria-label={`Keep or revert on ${node}`}>
      <TimerReset aria-hidden="true" />
      <span className="unconfirmed__time" role="timer" aria-label="Time left">
        {minutesAndSeconds(left)}
      </span>
      <p className="unconfirmed__words">
        <strong>{visible(change.title).replace(/\.$/, '')}.</strong>{' '}
        {over ? 'The time is over: it is taken back now.' : 'It is taken back unless you keep it.'}
      </p>
      <span className="unconfirmed__actions">
        {over ? null : (
          <>
            <Button
              small
              data-keep
              running={keep.isPending && `Asking ${node}`}
              onClick={() => keep.mutate()}
            >
              Keep
            </Button>
            <Button
              small
              variant="plain"
              running={revert.isPending && 'Taking it back'}
              onClick={() => revert.mutate()}
            >
              Revert now
            </Button>
          </>
        )}
        <Link to="/change/$change" params={{ change: change.id }} className={buttonClass('plain', true)}>
          Look at it
        </Link>
      </span>
      <CountdownBar change={change} left={left} />
      <Announced left={left} what={`${visible(change.title)}: `} />
    </section>
  );
}
