import { Link } from '@tanstack/react-router';
import { ChevronRight, CircleQuestionMark, Eraser } from 'lucide-react';
import { memo } from 'react';
import type { ActivityEntry } from '#shared/contract/activity.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { stateWords } from '../../components/fixes/change-words.ts';
import { clockTime, exactTime } from '../../components/time-words.ts';
import { EventDetails } from './event-details.tsx';
import { KIND_ICON } from './event-words.ts';

export interface EventRowProps {
  entry: ActivityEntry;
  /** The first of its day has no line above. */
  first: boolean;
  /** For a change that was made: how it stands today. */
  change: AppliedChange | undefined;
  /** Looks before it that found the same, and stand behind it. */
  repeats: number;
  /** They are listed one by one below. */
  unfolded: boolean;
  onUnfold: (number: number) => void;
  open: boolean;
  focusable: boolean;
  onOpen: (number: number | undefined) => void;
}

/** One event: when, what in a sentence, its number; its undo where it is a change. Unfolds in place. */
export const EventRow = memo(function EventRow({
  entry,
  first,
  change,
  repeats,
  unfolded,
  onUnfold,
  open,
  focusable,
  onOpen,
}: EventRowProps) {
  const { number, record, state } = entry;
  const Icon = record ? KIND_ICON[record.kind] : state === 'missing' ? Eraser : CircleQuestionMark;
  const panel = `event-panel-${number}`;
  const classes = ['event', open && 'event--open', first && 'event--first', record === null && 'event--gone'];
  return (
    <section className={classes.filter(Boolean).join(' ')}>
      <div className="event__line">
        <button
          type="button"
          className="event__button"
          aria-expanded={open}
          aria-controls={open ? panel : undefined}
          data-item={`event-${number}`}
          tabIndex={focusable ? 0 : -1}
          onClick={() => onOpen(open ? undefined : number)}
        >
          {record ? (
            <time className="event__time" dateTime={record.at} title={exactTime(record.at)}>
              {clockTime(record.at)}
            </time>
          ) : (
            <span className="event__time">–</span>
          )}
          <Icon aria-hidden="true" className="event__icon" />
          <span className="event__sentence">
            <Sentence text={visible(entry.sentence)} name={record?.where ? visible(record.where.name) : ''} />
          </span>
          <span className="event__number">
            <span className="visually-hidden">event </span>
            {number.toLocaleString('en')}
          </span>
          <ChevronRight aria-hidden="true" className="event__chevron" />
        </button>
        <span className="event__action">
          {change ? <WayBack change={change} /> : null}
          {repeats > 0 ? (
            <Button
              variant="link"
              small
              aria-expanded={unfolded}
              aria-label={`${unfolded ? 'Fold' : 'Show'} ${repeats} earlier ${repeats === 1 ? 'look' : 'looks'} that found the same`}
              onClick={() => onUnfold(number)}
            >
              {unfolded ? 'Fold' : `${repeats} more`}
            </Button>
          ) : null}
        </span>
      </div>
      {open ? (
        <div id={panel} className="event__panel">
          <EventDetails entry={entry} />
        </div>
      ) : null}
    </section>
  );
});

/** Undo where it can be undone, else how the change stands by now. */
function WayBack({ change }: { change: AppliedChange }) {
  if (change.undo.possible) {
    return (
      <Link
        to="/plan"
        search={(before) => ({ ...before, do: 'undo', change: change.id })}
        className="event__undo"
        aria-label={`Undo: ${visible(change.title)}`}
      >
        Undo
      </Link>
    );
  }
  return change.undoneBy ? <span className="event__state">{stateWords(change.state).word}</span> : null;
}

/** The sentence with the node's name in front of the eye. */
function Sentence({ text, name }: { text: string; name: string }) {
  const place = name === '' ? -1 : text.indexOf(name);
  if (place < 0) return text;
  const after = place + name.length;
  return (
    <>
      {text.slice(0, place)}
      <strong>{name}</strong>
      {text.slice(after)}
    </>
  );
}
