import { Link } from '@tanstack/react-router';
import { CalendarClock } from 'lucide-react';
import { type CSSProperties, useMemo } from 'react';
import type { Standing } from '#shared/contract/findings.ts';
import { LEVELS } from '#shared/domain/level.ts';
import { countWord } from '#shared/domain/words.ts';
import { dayInWords } from '../../components/time-words.ts';
import { NodeChip } from './node-chip.tsx';
import { placeOnStairs } from './place-on-stairs.ts';
import './stairs.css';

export interface StairsProps {
  standings: readonly Standing[];
  /** Milliseconds, for dates in words. */
  now: number;
}

/** The level ladder with each node on its step; the step of the weakest is drawn in ink. Empty steps are shown. */
export function Stairs({ standings, now }: StairsProps) {
  const { steps, weakest, beside } = useMemo(() => placeOnStairs(standings), [standings]);
  return (
    <>
      <ol className="stairs">
        {LEVELS.map(({ level, name, meaning }) => {
          const step = steps[level];
          return (
            <li
              key={level}
              className={level === weakest ? 'stairs__step stairs__step--weakest' : 'stairs__step'}
              style={{ '--step': level } as CSSProperties}
            >
              <div className="stairs__above">
                {step && step.shown.length > 0 ? (
                  <ul className="stairs__nodes">
                    {step.shown.map((standing) => (
                      <li key={standing.node}>
                        <NodeChip standing={standing} />
                      </li>
                    ))}
                    {step.more > 0 ? (
                      <li>
                        <Link to="/nodes" className="node-chip node-chip--more">
                          {step.more} more
                        </Link>
                      </li>
                    ) : null}
                  </ul>
                ) : null}
              </div>
              <div className="stairs__below">
                <h3>
                  {name}
                  {level === weakest ? <span className="visually-hidden">, the weakest</span> : null}
                </h3>
                <p>{meaning}</p>
                {step?.acceptedUntil ? (
                  <p className="stairs__accepted">
                    <CalendarClock aria-hidden="true" />
                    accepted until {dayInWords(step.acceptedUntil, now, true)}
                  </p>
                ) : null}
              </div>
            </li>
          );
        })}
      </ol>
      {beside.length > 0 ? (
        <div className="stairs__beside">
          <p className="quiet">On no step, for there is no mycoSwarm to judge or nobody has looked yet:</p>
          <ul className="stairs__row">
            {beside.slice(0, 12).map((standing) => (
              <li key={standing.node}>
                <NodeChip standing={standing} />
              </li>
            ))}
            {beside.length > 12 ? <li className="quiet">and {countWord(beside.length - 12)} more</li> : null}
          </ul>
        </div>
      ) : null}
    </>
  );
}
