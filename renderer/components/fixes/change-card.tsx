import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { buttonClass } from '../button.tsx';
import { StatusWord } from '../status.tsx';
import { statusWord } from '../status-words.ts';
import { ChangeProgress } from './change-progress.tsx';
import { changeLead, changeSentence, isSettled, isUnderWay, stateWords } from './change-words.ts';
import { Countdown } from './countdown.tsx';
import './change-card.css';

export interface ChangeCardProps {
  change: AppliedChange;
  /** Beside the evidence, in a column without a frame of its own. */
  column?: boolean;
  /** What else can be done, once it is over. */
  actions?: ReactNode;
}

/** A change in the place of the card that ordered it: how far it is, keep or revert, and what the look afterwards says. */
export function ChangeCard({ change, column = false, actions }: ChangeCardProps) {
  const { status, word } = stateWords(change.state);
  return (
    <section className={column ? 'change-card change-card--column' : 'change-card'} aria-label="The change">
      <div className="change-card__head">
        <h2>{visible(change.title)}</h2>
        <span role="status">
          <StatusWord status={status}>{word}</StatusWord>
        </span>
      </div>
      <ChangeNow change={change} />
      {isSettled(change) ? (
        <div className="change-card__actions no-print">
          {actions}
          {change.undo.possible ? (
            <Link
              to="/plan"
              search={(before) => ({ ...before, do: 'undo', change: change.id })}
              className={buttonClass()}
            >
              Undo…
            </Link>
          ) : null}
          <Link to="/change/$change" params={{ change: change.id }} className={buttonClass('plain')}>
            Show the change
          </Link>
        </div>
      ) : null}
    </section>
  );
}

/** What there is to see and to do now, without title and frame: for the card and for the page of a change. */
export function ChangeNow({ change }: { change: AppliedChange }) {
  const lead = changeLead(change);
  return (
    <>
      {change.state === 'unconfirmed' ? null : <p className="change-card__words">{changeSentence(change)}</p>}
      {lead && change.state !== 'unconfirmed' && change.state !== 'applying' ? (
        <p className="change-card__lead">{lead}</p>
      ) : null}
      {isUnderWay(change) ? <ChangeProgress change={change} /> : null}
      {change.state === 'unconfirmed' && change.revertsAt !== null ? (
        <Countdown bare change={{ ...change, revertsAt: change.revertsAt }} />
      ) : null}
      {change.error ? <p className="change-card__error">{visibleLines(change.error)}</p> : null}
      <Results change={change} />
    </>
  );
}

/** What the independent look says, check by check. */
function Results({ change }: { change: AppliedChange }) {
  if (change.results.length === 0) return null;
  return (
    <ul className="change-card__results">
      {change.results.map(({ check, status, words }) => (
        <li key={check}>
          <StatusWord status={status}>{statusWord(status)}</StatusWord>
          <span>
            <Link
              to="/checks"
              search={(before) => ({ ...before, check, on: change.node })}
              className="change-card__check"
            >
              {catalogueEntry(check).title}
            </Link>
            <span className="change-card__said">{visible(words)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
