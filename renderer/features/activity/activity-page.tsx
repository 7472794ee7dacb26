import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import type { ActivityState } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import { useScope } from '../../app/scope.ts';
import type { ActivitySearch } from '../../app/search.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { count, pointInTime } from '../../components/time-words.ts';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { ActivityToolbar } from './activity-toolbar.tsx';
import { EventList } from './event-list.tsx';
import { GoingOn } from './going-on.tsx';
import { RecordBar } from './record-bar.tsx';
import { TroubleNote } from './trouble-note.tsx';
import { useLedger } from './use-ledger.ts';
import { useVerification, type Verifying } from './use-verification.ts';
import { VerificationProblems } from './verification-problems.tsx';
import './activity.css';

/** All that the console did and was told, newest first, with its proof; and every change with its undo. */
export function ActivityPage() {
  const scope = useScope();
  const { about } = useSearch({ strict: false }) as ActivitySearch;
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed.trim());
  const state = useQuery(orpc.activity.state.queryOptions());
  const filter = { search, about: about ?? null, node: scope };
  const ledger = useLedger(filter);
  const verifying = useVerification((state.data?.size ?? 0) > 0);
  const filtered = search !== '' || about !== undefined || scope !== null;

  if ((state.isError && !state.data) || (ledger.error && !ledger.known)) {
    return (
      <Page dense>
        <ErrorState
          untouched="Nothing on your nodes was touched."
          {...errorWords(state.error ?? ledger.error, 'The record could not be read.')}
          action={
            <Button
              onClick={() => {
                void state.refetch();
                ledger.retry();
              }}
            >
              Try again
            </Button>
          }
        />
      </Page>
    );
  }
  if (!state.data || !ledger.known) return <Waiting words="Reading the record…" />;
  const clear = () => {
    setTyped('');
    void navigate({ to: '/activity', search: { node: undefined } });
  };
  return (
    <Page dense className="activity">
      <PageHeader
        dense
        eyebrow={<Eyebrow state={state.data} verifying={verifying} />}
        sentence={sentenceOf(state.data, verifying)}
        lead={leadOf(state.data, verifying)}
      />
      <TroubleNote trouble={state.data.trouble} />
      {verifying.result ? <VerificationProblems result={verifying.result} /> : null}
      {state.data.size > 0 ? <RecordBar state={state.data} verifying={verifying} /> : null}
      <GoingOn />
      {state.data.size === 0 ? (
        <EmptyState sentence="The first look, the first change or the first decision begins the record." />
      ) : (
        <>
          <ActivityToolbar search={typed} onSearch={setTyped} about={about ?? null} node={scope} />
          <EventList
            ledger={ledger}
            empty={
              filtered
                ? {
                    sentence: 'No event fits these words and filters.',
                    act: 'Show everything',
                    onAct: clear,
                  }
                : { sentence: 'There is no event to show.', act: 'Read again', onAct: ledger.renew }
            }
          />
        </>
      )}
    </Page>
  );
}

/** How many events, and when and against what they were verified last. */
function Eyebrow({ state, verifying: { result } }: { state: ActivityState; verifying: Verifying }) {
  return (
    <>
      Activity · {count(state.size, 'event')}
      {result ? (
        <>
          {' '}
          · verified <RelativeTime at={result.checkedAt} /> in{' '}
          {result.tookMs < 1_000
            ? `${Math.max(1, Math.round(result.tookMs))} ms`
            : `${(result.tookMs / 1_000).toFixed(1)} s`}
        </>
      ) : null}
    </>
  );
}

function sentenceOf(state: ActivityState, { result, error }: Verifying): string {
  if (state.size === 0) return 'Nothing has been recorded yet.';
  if (result) return inLocalTime(firstSentence(result.sentence).first);
  if (error) return 'The record could not be verified.';
  return `${count(state.size, 'event')} ${state.size === 1 ? 'is' : 'are'} recorded. Verifying now.`;
}

/** The console says its times in UTC; on the page they are as everywhere else, the day with them. */
function inLocalTime(sentence: string): string {
  return sentence.replace(/\b(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC\b/, (all, day: string, clock: string) => {
    const at = `${day}T${clock}Z`;
    return Number.isNaN(Date.parse(at)) ? all : pointInTime(at, Date.now());
  });
}

function leadOf(state: ActivityState, { result, error }: Verifying): string | undefined {
  if (state.size === 0) return undefined;
  if (error && !result) return errorWords(error, 'It is not known whether it is whole.').what;
  if (!result) return undefined;
  // The console's own words go first; these only stand where it says no more than how far.
  const { rest } = firstSentence(result.sentence);
  if (rest !== '' || !result.verified) return rest || undefined;
  return result.against === 'own'
    ? 'Whoever can write this console’s folder could have made that too. A checkpoint that you keep elsewhere cannot be made afterwards.'
    : 'Events that came after that checkpoint are vouched for by this console alone.';
}

/** What the console says of the record: its first sentence is the page's, the others stand under it. */
function firstSentence(text: string): { first: string; rest: string } {
  const shown = visible(text);
  const end = /\.\s+(?=\p{Lu})/u.exec(shown);
  return end
    ? { first: shown.slice(0, end.index + 1), rest: shown.slice(end.index + end[0].length) }
    : { first: shown, rest: '' };
}
