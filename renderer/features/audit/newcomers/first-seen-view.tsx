import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Eye, Hourglass } from 'lucide-react';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { visible } from '#shared/domain/text.ts';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { ProgressBar } from '../../../components/progress-bar.tsx';
import { RelativeTime, useNow } from '../../../components/relative-time.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { StatusIcon } from '../../../components/status.tsx';
import { dayInWords } from '../../../components/time-words.ts';
import { orpc } from '../../../transport/queries.ts';
import { ALERT_STATES } from '../alerts/alert-words.ts';
import { BackToLog } from '../back-to-log.tsx';
import {
  firstSeenSentence,
  KIND_WORDS,
  KINDS,
  type Learnt,
  learningOf,
  newcomersOf,
} from './first-seen-words.ts';
import './first-seen.css';

/** Newcomers that are drawn. */
const SHOWN = 100;

/** What was never on a node before, and how much is known of what is usual there. */
export function FirstSeenView({
  names,
  node,
  alerts,
}: {
  names: ReadonlyMap<string, string>;
  node: string | null;
  alerts: readonly Alert[];
}) {
  const now = useNow();
  const { data, error } = useQuery(orpc.audit.firstSeen.queryOptions());
  const learnt = (data ?? []).filter((entry) => node === null || entry.node === node);
  const nodes = [...new Set(learnt.map((entry) => entry.node))].sort((a, b) => a.localeCompare(b, 'en'));
  const newcomers = newcomersOf(alerts);
  return (
    <div className="audit__panel first-seen">
      <BackToLog />
      <div className="first-seen__head">
        <h2>Never here before</h2>
        <p className="quiet">{data ? firstSeenSentence(learnt, now) : null}</p>
      </div>
      {error && !data ? (
        <ErrorState inline {...errorWords(error, 'What is learnt could not be read.')} />
      ) : data === undefined ? (
        <p className="log__note" role="status">
          <Spinner /> Reading what is learnt
        </p>
      ) : (
        <>
          <h3 id="newcomers">Newcomers</h3>
          {newcomers.length === 0 ? (
            <p className="quiet">None so far.</p>
          ) : (
            <ul className="newcomers" aria-labelledby="newcomers">
              {newcomers.slice(0, SHOWN).map((alert) => (
                <Newcomer key={alert.id} alert={alert} nodeName={names.get(alert.node) ?? alert.node} />
              ))}
            </ul>
          )}
          {nodes.length > 0 ? (
            <>
              <h3 id="learnt" className="first-seen__learnt">
                What is usual
              </h3>
              <ul className="learnt" aria-labelledby="learnt">
                {nodes.map((id) => (
                  <li key={id}>
                    <h4>{visible(names.get(id) ?? id)}</h4>
                    <dl>
                      {KINDS.map((kind) => (
                        <Cell
                          key={kind}
                          title={KIND_WORDS[kind].title}
                          learnt={learnt.find((entry) => entry.node === id && entry.kind === kind) ?? null}
                          now={now}
                        />
                      ))}
                    </dl>
                  </li>
                ))}
              </ul>
              <p className="quiet first-seen__foot">
                Only salted fingerprints are kept of what is usual, so that nobody can make something that
                looks like it. <Link to="/settings">How long is learnt</Link>
              </p>
            </>
          ) : null}
        </>
      )}
    </div>
  );
}

function Newcomer({ alert, nodeName }: { alert: Alert; nodeName: string }) {
  const { status, word } = ALERT_STATES[alert.state];
  return (
    <li>
      <Link
        to="/audit"
        search={(before) => ({ ...before, view: undefined, alert: alert.id })}
        className="newcomer"
      >
        <StatusIcon status={status} />
        <span className="newcomer__words">
          <code>{visible(alert.entity === '' ? alert.rule.title : alert.entity)}</code>
          <span className="newcomer__note">
            {visible(alert.rule.title)}, on {visible(nodeName)}
          </span>
        </span>
        <span className="newcomer__when">
          {word}, <RelativeTime at={alert.firstAt} />
        </span>
      </Link>
    </li>
  );
}

function Cell({ title, learnt, now }: { title: string; learnt: Learnt | null; now: number }) {
  const { part, left } = learnt === null ? { part: 0, left: '' } : learningOf(learnt, now);
  return (
    <div className="learnt__cell">
      <dt>{title}</dt>
      <dd>
        {learnt === null ? (
          <>
            <span className="learnt__number learnt__number--none">–</span>
            <span className="learnt__state">no log says</span>
          </>
        ) : (
          <>
            <span className="learnt__number">{learnt.known.toLocaleString('en')}</span>
            {part < 1 ? (
              <>
                <span className="learnt__state">
                  <Hourglass aria-hidden="true" /> learning, {left} left
                </span>
                <ProgressBar
                  value={Math.round(part * 100)}
                  max={100}
                  label={`Learning ${title.toLowerCase()}`}
                  words={`${left} left`}
                />
              </>
            ) : (
              <span className="learnt__state learnt__state--told">
                <Eye aria-hidden="true" /> told since {dayInWords(learnt.learnsUntil, now, true)}
              </span>
            )}
          </>
        )}
      </dd>
    </div>
  );
}
