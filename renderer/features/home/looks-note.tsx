import { useQuery } from '@tanstack/react-query';
import type { Overview } from '#shared/contract/findings.ts';
import { visible } from '#shared/domain/text.ts';
import { countWord } from '#shared/domain/words.ts';
import type { Looking } from '../../app/looking.ts';
import { Button } from '../../components/button.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { RelativeTime, useNow } from '../../components/relative-time.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { clockTime, pointInTime } from '../../components/time-words.ts';
import { orpc } from '../../transport/queries.ts';
import { answeredInWords, followedInWords } from './followed-words.ts';
import './rows.css';

export interface LooksNoteProps {
  overview: Overview;
  looking: Looking;
}

const AWAY_SHOWN = 4;

/** When was looked, when will be next, and which nodes did not answer. */
export function LooksNote({ overview, looking }: LooksNoteProps) {
  const away = overview.standings.filter((standing) => standing.away);
  const answered = overview.standings.length - away.length;
  const now = useNow();
  const watching = useQuery(orpc.audit.state.queryOptions()).data?.watching ?? false;
  const logs = useQuery({ ...orpc.audit.sources.queryOptions({ input: {} }), enabled: watching }).data;
  const { recorded = false } = overview;
  const busy = looking.starting || looking.running.length > 0;
  return (
    <section aria-labelledby="home-looks">
      <SectionHeading
        id="home-looks"
        title={recorded ? 'When it was recorded' : 'When we looked'}
        note={
          overview.lookedAt === null || recorded
            ? undefined
            : answeredInWords(answered, overview.standings.length)
        }
        aside={
          <Button
            variant="link"
            running={busy && (recorded ? 'Judging' : 'Looking')}
            onClick={() => looking.start()}
          >
            {recorded ? 'Judge it again' : 'Look now'}
          </Button>
        }
      />
      <ul className="rows">
        <li className="rows__row">
          <span className="rows__time">{overview.lookedAt ? clockTime(overview.lookedAt) : '–'}</span>
          <span className="rows__icon rows__icon--none" />
          <span>
            {overview.lookedAt ? (
              recorded ? (
                <>Recorded {pointInTime(overview.lookedAt, now)}</>
              ) : (
                <>
                  Last look, <RelativeTime at={overview.lookedAt} />
                </>
              )
            ) : (
              'Nobody has looked yet'
            )}
          </span>
        </li>
        {away.slice(0, AWAY_SHOWN).map((standing) => (
          <li className="rows__row" key={standing.node}>
            <span className="rows__time">{standing.lookedAt ? clockTime(standing.lookedAt) : '–'}</span>
            <span className="rows__icon">
              <StatusIcon status="asleep" />
            </span>
            <span>
              <strong>{visible(standing.nodeName)}</strong>{' '}
              {standing.lookedAt ? 'does not answer; its findings are from before' : 'has not answered yet'}
            </span>
          </li>
        ))}
        {away.length > AWAY_SHOWN ? (
          <li className="rows__row">
            <span className="rows__time" />
            <span className="rows__icon" />
            <span className="quiet">and {countWord(away.length - AWAY_SHOWN)} more that did not answer</span>
          </li>
        ) : null}
      </ul>
      <p className="rows__foot">
        {recorded ? (
          'Recorded facts do not change: looks by the clock begin with the first node of your own.'
        ) : (
          <>
            {overview.nextLookAt ? (
              <>
                Next look <RelativeTime at={overview.nextLookAt} />.{' '}
              </>
            ) : (
              'No look is planned; see Settings. '
            )}
            {followedInWords(
              watching,
              logs?.map(({ state }) => state),
            )}
          </>
        )}
      </p>
    </section>
  );
}
