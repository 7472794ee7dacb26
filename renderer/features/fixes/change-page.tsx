import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { visible, visibleLines } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { PasswordAsked } from '../../components/fixes/asked-elsewhere.tsx';
import { ChangeProgress } from '../../components/fixes/change-progress.tsx';
import {
  changeLead,
  changeSentence,
  isSettled,
  isUnderWay,
  stateWords,
} from '../../components/fixes/change-words.ts';
import { Countdown } from '../../components/fixes/countdown.tsx';
import { Page, PageHeader, SectionHeading } from '../../components/page-header.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { StatusWord } from '../../components/status.tsx';
import { statusWord } from '../../components/status-words.ts';
import { exactTime, relativeTime } from '../../components/time-words.ts';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { ChangeSteps } from './change-steps.tsx';
import { LeaveAsItIs } from './leave-dialog.tsx';
import { LeftBehind } from './left-behind.tsx';
import './change-page.css';

/** One change: how it stands, what waits for a person, every step, what the look afterwards says, and the way back. */
export function ChangePage() {
  const { change: id } = useParams({ strict: false });
  const known = typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);
  const { data, isPlaceholderData, error, refetch } = useQuery(
    orpc.fixes.get.queryOptions({ input: { change: id ?? '' }, enabled: known }),
  );
  const change = isPlaceholderData ? undefined : data;
  if (!known || (error && !change)) {
    return (
      <Page>
        <ErrorState
          next="Look for it in Activity."
          {...(known
            ? errorWords(error, 'The change could not be read.')
            : { what: 'There is no such change.' })}
          action={known ? <Button onClick={() => void refetch()}>Try again</Button> : undefined}
        />
      </Page>
    );
  }
  if (!change) return <Waiting words="Reading the change…" />;
  return <Change change={change} />;
}

function Change({ change }: { change: AppliedChange }) {
  const now = useNow();
  const { status, word } = stateWords(change.state);
  const begun = relativeTime(change.startedAt, Math.max(now, Date.parse(change.startedAt)));
  return (
    <Page className="change-page">
      <PageHeader
        eyebrow={
          <>
            Change on {visible(change.nodeName)} ·{' '}
            <time dateTime={change.startedAt} title={exactTime(change.startedAt)}>
              begun {begun}
            </time>
          </>
        }
        sentence={changeSentence(change)}
        lead={changeLead(change) || undefined}
      />
      <p className="change-page__title" role="status">
        <StatusWord status={status}>{word}</StatusWord>
        <span>{visible(change.title)}</span>
      </p>
      {isUnderWay(change) ? <ChangeProgress change={change} /> : null}
      {isUnderWay(change) ? <PasswordAsked node={change.node} /> : null}
      {change.state === 'unconfirmed' && change.revertsAt !== null ? (
        <Countdown change={{ ...change, revertsAt: change.revertsAt }} />
      ) : null}
      {change.error ? <p className="change-page__error">{visibleLines(change.error)}</p> : null}
      <LeftBehind change={change} />
      <WayBack change={change} />
      <Results change={change} />
      <section aria-labelledby="change-steps">
        <SectionHeading
          id="change-steps"
          title="Steps"
          note={
            isSettled(change) ? undefined : 'Each is written down before it begins and when it has ended.'
          }
        />
        <ChangeSteps change={change} />
      </section>
    </Page>
  );
}

/** Undo, redo, and the changes that this one belongs to. */
function WayBack({ change }: { change: AppliedChange }) {
  if (!isSettled(change)) return null;
  const related = change.undoneBy ?? change.of;
  const again = change.state === 'undone' || change.state === 'reverted' || change.state === 'rolled-back';
  return (
    <div className="change-page__actions no-print">
      {change.undo.possible ? (
        <Link
          to="/plan"
          search={(before) => ({ ...before, do: 'undo', change: change.id })}
          className={buttonClass()}
        >
          {change.state === 'stuck' ? 'Try to take it back again…' : 'Undo…'}
        </Link>
      ) : null}
      {change.state === 'stuck' || change.undo.possible ? (
        <LeaveAsItIs change={change.id} nodeName={change.nodeName} />
      ) : null}
      <NextRound change={change} />
      {again && change.purpose === 'fix' ? (
        <Link
          to="/plan"
          search={(before) => ({ ...before, do: 'redo', change: change.id })}
          className={buttonClass()}
        >
          Do it again…
        </Link>
      ) : null}
      {related ? (
        <Link to="/change/$change" params={{ change: related }} className={buttonClass('plain')}>
          {change.undoneBy ? 'The change that undid it' : 'The change that it is about'}
        </Link>
      ) : null}
      {!change.undo.possible && change.undo.reason ? (
        <span className="change-page__reason">{visible(change.undo.reason)}</span>
      ) : null}
    </div>
  );
}

/** The way to the plan for what had to wait for this one. */
function NextRound({ change }: { change: AppliedChange }) {
  const { next = [], node, state } = change;
  if (next.length === 0 || (state !== 'done' && state !== 'not-verified')) return null;
  return (
    <Link
      to="/plan"
      search={(before) => ({ ...before, do: 'fix', on: node, checks: next.join(',') })}
      className={buttonClass('filled')}
    >
      Plan the second round…
    </Link>
  );
}

/** What the independent look says, check by check. */
function Results({ change }: { change: AppliedChange }) {
  if (change.results.length === 0) return null;
  return (
    <section aria-labelledby="change-results">
      <SectionHeading id="change-results" title="What the look afterwards says" />
      <ul className="change-page__results">
        {change.results.map(({ check, status, words }) => (
          <li key={check}>
            <StatusWord status={status}>{statusWord(status)}</StatusWord>
            <Link to="/checks" search={(before) => ({ ...before, check, on: change.node })}>
              {catalogueEntry(check).title}
            </Link>
            <span>{visible(words)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
