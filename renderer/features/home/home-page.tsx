import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import type { Overview } from '#shared/contract/findings.ts';
import { visible } from '#shared/domain/text.ts';
import { type Looking, useLooking } from '../../app/looking.ts';
import { Redirect } from '../../app/redirect.tsx';
import { useScope } from '../../app/scope.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { OpenFollowUps } from '../../components/follow-ups/open-follow-ups.tsx';
import { numberInWords } from '../../components/number-words.ts';
import { Page, PageHeader, SectionHeading } from '../../components/page-header.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { Tally } from '../../components/tally.tsx';
import { dayAndClock } from '../../components/time-words.ts';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { AboutNotes } from './about-notes.tsx';
import { AlertsNote } from './alerts-note.tsx';
import { Changes } from './changes.tsx';
import { HiddenNote } from './hidden-note.tsx';
import { IncidentsNote } from './incidents-note.tsx';
import { LooksNote } from './looks-note.tsx';
import { NextAction } from './next-action.tsx';
import { RunningLooks } from './running-looks.tsx';
import { Stairs } from './stairs.tsx';
import './home-page.css';

/** How things are, the one next action, where each node stands, and what changed. */
export function HomePage() {
  const node = useScope();
  const navigate = useNavigate();
  const overview = useQuery(orpc.findings.overview.queryOptions({ input: { node } }));
  if (!overview.data) {
    if (overview.isError) {
      return <NotRead error={overview.error} again={() => void overview.refetch()} />;
    }
    return <Waiting />;
  }
  if (overview.data.standings.length === 0 && node === null) {
    // What was kept from before the first node was added must not send anybody back to the beginning.
    if (overview.isFetching || overview.isPlaceholderData) return <Waiting />;
    return (
      <Redirect
        from="/"
        go={() => void navigate({ to: '/setup/{-$node}', params: { node: undefined }, replace: true })}
      />
    );
  }
  return <Home overview={overview.data} failed={overview.isError} />;
}

function Home({ overview, failed }: { overview: Overview; failed: boolean }) {
  const node = useScope();
  const now = useNow();
  const looking = useLooking(node);
  const { standings } = overview;
  const [only] = standings;
  const single = standings.length === 1 && only ? only : null;
  const seen = Object.values(overview.counts).some((amount) => amount > 0);
  return (
    <Page className="home">
      <PageHeader eyebrow={dayAndClock(now)} sentence={visible(overview.sentence)} />
      {seen ? <Tally counts={overview.counts} /> : null}
      {failed ? (
        <p className="home__failed">
          The newest state could not be read. What you see is from the look before.
        </p>
      ) : null}
      <RunningLooks looking={looking} />
      <IncidentsNote />
      <AlertsNote />
      <HiddenNote overview={overview} />
      {overview.next ? <NextAction next={overview.next} /> : <FirstLook seen={seen} looking={looking} />}
      <OpenFollowUps />
      <AboutNotes />
      <section className="home__stairs" aria-labelledby="home-stairs">
        <SectionHeading
          id="home-stairs"
          title={single ? `Where ${visible(single.nodeName)} stands` : 'Where your nodes stand'}
          note={single ? heldInWords(single) : 'The swarm counts as its weakest node.'}
          aside={
            <Link to="/nodes" className="home__more">
              All nodes <ChevronRight aria-hidden="true" />
            </Link>
          }
        />
        <Stairs standings={standings} now={now} />
      </section>
      <div className="home__columns">
        <LooksNote overview={overview} looking={looking} />
        <Changes since={overview.since} />
      </div>
    </Page>
  );
}

/** Before anybody looked, looking is the one thing to do. Afterwards there is no box when nothing waits for a person. */
function FirstLook({ seen, looking }: { seen: boolean; looking: Looking }) {
  if (seen || looking.running.length > 0) return null;
  return (
    <div className="home__look">
      <Button variant="filled" running={looking.starting && 'Starting'} onClick={() => looking.start()}>
        Look now
      </Button>
    </div>
  );
}

function heldInWords({ level, heldBy, lookedAt }: Overview['standings'][number]): string {
  if (lookedAt === null) return 'Nobody has looked at it yet.';
  if (level === null) return 'There is no mycoSwarm on it, so it stands on no step.';
  if (heldBy.length === 0) return 'On the highest step.';
  return heldBy.length === 1
    ? 'One check holds it below the next step.'
    : `${numberInWords(heldBy.length)} checks hold it below the next step.`;
}

function NotRead({ error, again }: { error: Error; again: () => void }) {
  const words = errorWords(error, 'What was seen could not be read.');
  return (
    <Page>
      <ErrorState
        untouched="Nothing was changed."
        next="Try once more. If it stays so, start the console again."
        {...words}
        action={
          <Button variant="filled" onClick={again}>
            Try once more
          </Button>
        }
      />
    </Page>
  );
}
