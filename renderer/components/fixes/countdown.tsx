import { useRef } from 'react';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../button.tsx';
import { Announced } from './announced.tsx';
import { minutesAndSeconds, useSecondsLeft } from './seconds-left.ts';
import { useShownCountdown } from './shown-countdowns.ts';
import { useChangeActions } from './use-change-actions.ts';
import './countdown.css';

export interface CountdownProps {
  change: AppliedChange & { revertsAt: string };
  /** Within another box: no frame of its own. */
  bare?: boolean;
}

/** How long until a change takes itself back, what happens then, and Keep and Revert side by side. */
export function Countdown({ change, bare = false }: CountdownProps) {
  const box = useRef<HTMLElement>(null);
  useShownCountdown(change.id, box);
  const left = useSecondsLeft(change.revertsAt);
  const { keep, revert } = useChangeActions(change.id);
  const node = visible(change.nodeName);
  const over = left === 0;
  return (
    <section
      ref={box}
      className={bare ? 'countdown countdown--bare' : 'countdown'}
      aria-label={`Keep or revert on ${node}`}
    >
      <div className="countdown__face">
        <span className="countdown__time" role="timer" aria-label="Time left">
          {minutesAndSeconds(left)}
        </span>
        <p className="countdown__words">
          {over
            ? `The time is over: ${node} takes it back now, and is then as it was.`
            : `until ${node} takes this back by itself, if nobody keeps it. The timer runs on ${node}, not here: it does not need this window.`}
        </p>
      </div>
      <CountdownBar change={change} left={left} />
      <div className="countdown__actions">
        <Button
          variant="filled"
          data-keep
          running={keep.isPending && `Asking ${node} over a fresh connection`}
          disabledReason={revert.isPending || over ? (over ? 'Too late to keep it.' : null) : null}
          onClick={() => keep.mutate()}
        >
          Keep
        </Button>
        {over ? null : (
          <Button
            variant="plain"
            running={revert.isPending && 'Taking it back'}
            onClick={() => revert.mutate()}
          >
            Revert now
          </Button>
        )}
        <span className="countdown__note">Keep asks {node} over a fresh connection first.</span>
      </div>
      <Announced left={left} what={`${visible(change.title)}: `} />
    </section>
  );
}

/** When the last step was done that had to be before it is kept: the time runs from then, not from the beginning of the change. */
export function appliedAt({ startedAt, steps }: Pick<AppliedChange, 'startedAt' | 'steps'>): number {
  return Math.max(
    Date.parse(startedAt),
    ...steps.flatMap(({ state, at }) => (state === 'done' && at !== null ? [Date.parse(at)] : [])),
  );
}

/** A 4 px bar that shrinks. The figures beside it say the same. */
export function CountdownBar({ change, left }: { change: CountdownProps['change']; left: number }) {
  const whole = Math.max(1, (Date.parse(change.revertsAt) - appliedAt(change)) / 1_000);
  const part = Math.min(1, left / whole);
  return (
    <div className="countdown__bar" aria-hidden="true">
      <div className="countdown__left" style={{ transform: `scaleX(${part})` }} />
    </div>
  );
}
