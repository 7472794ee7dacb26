import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Drift } from '#shared/contract/looks.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { statusWord } from '../../components/status-words.ts';
import { clockTime, exactTime } from '../../components/time-words.ts';
import './rows.css';

const SHOWN = 5;

/** What changed in the last 24 hours, newest first, each with what can be done about it. */
export function Changes({ since }: { since: readonly Drift[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? since : since.slice(0, SHOWN);
  return (
    <section aria-labelledby="home-changes">
      <SectionHeading
        id="home-changes"
        title="Since yesterday"
        aside={
          <Link to="/checks" className="home__more">
            Checks <ChevronRight aria-hidden="true" />
          </Link>
        }
      />
      {since.length === 0 ? <p className="rows__foot">Nothing changed.</p> : null}
      <ul className="rows">
        {shown.map((drift) => (
          <li className="rows__row" key={`${drift.at} ${drift.node} ${drift.check}`}>
            <time className="rows__time" dateTime={drift.at} title={exactTime(drift.at)}>
              {clockTime(drift.at)}
            </time>
            <span className="rows__icon">
              <StatusIcon status={drift.to} />
              <span className="visually-hidden">{statusWord(drift.to)}: </span>
            </span>
            <span className="rows__words">
              <Sentence drift={drift} />
            </span>
            <Verb drift={drift} />
          </li>
        ))}
      </ul>
      {since.length > shown.length ? (
        <Button variant="link" onClick={() => setAll(true)}>
          Show all {since.length}
        </Button>
      ) : null}
    </section>
  );
}

/** The sentence with the node's name in front of the eye. */
function Sentence({ drift }: { drift: Drift }) {
  const summary = visible(drift.summary);
  const nodeName = visible(drift.nodeName);
  const place = summary.indexOf(nodeName);
  if (place < 0 || nodeName === '') return summary;
  const after = place + nodeName.length;
  return (
    <>
      {summary.slice(0, place)}
      <strong>{nodeName}</strong>
      {summary.slice(after)}
    </>
  );
}

const VERBS: Partial<Record<Drift['to'], string>> = { fix: 'Fix', review: 'Review', unknown: 'See why' };

function Verb({ drift }: { drift: Drift }) {
  const verb = VERBS[drift.to];
  if (!verb) return null;
  const words = (
    <>
      {verb}
      <span className="visually-hidden"> {visible(drift.summary)}</span>
    </>
  );
  if (drift.to === 'fix') {
    return (
      <Link
        to="/setup/{-$node}"
        params={{ node: drift.node }}
        search={(before) => ({ ...before, step: drift.check })}
        className="rows__verb"
      >
        {words}
      </Link>
    );
  }
  return (
    <Link
      to="/checks"
      search={(before) => ({ ...before, check: drift.check, on: drift.node })}
      className="rows__verb"
    >
      {words}
    </Link>
  );
}
