import type { ReactNode } from 'react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { FollowUp } from '#shared/domain/incident/follow-up.ts';
import { isOverdue } from '#shared/domain/incident/follow-up-order.ts';
import { visible } from '#shared/domain/text.ts';
import { RelativeTime } from '../relative-time.tsx';
import './follow-ups.css';

export interface FollowUpRowProps {
  followUp: FollowUp;
  /** Where it comes from, where that is not plain from the page. */
  origin?: ReactNode;
  onTick: () => void;
  aside?: ReactNode;
}

/** The operator's day, as `2026-12-01`. */
const today = () => new Date().toLocaleDateString('sv-SE');
const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** Something that is to change: ticked off by hand, with who sees to it and until when. */
export function FollowUpRow({ followUp, origin, onTick, aside }: FollowUpRowProps) {
  const { words, check, owner, due, doneAt } = followUp;
  const late = isOverdue(followUp, today());
  const more = [
    check === null ? null : catalogueEntry(check).title,
    owner === '' ? null : visible(owner),
  ].filter((one) => one !== null);
  return (
    <li className="follow-up" data-done={doneAt !== null}>
      <label className="follow-up__label">
        <input type="checkbox" checked={doneAt !== null} onChange={onTick} />
        <span>
          <span className="follow-up__words">{visible(words)}</span>
          <span className="follow-up__more">
            {origin}
            {more.map((one) => (
              <span key={one}>{one}</span>
            ))}
            {doneAt !== null ? (
              <span>
                Done <RelativeTime at={doneAt} />
              </span>
            ) : due === null ? null : (
              <span className={late ? 'follow-up__late' : undefined}>
                {late ? 'Late: ' : ''}until {DAY.format(new Date(`${due}T00:00:00Z`))}
              </span>
            )}
          </span>
        </span>
      </label>
      {aside}
    </li>
  );
}
