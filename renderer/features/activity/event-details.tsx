import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ActivityEntry } from '#shared/contract/activity.ts';
import { visible } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { RawText } from '../../components/raw-text.tsx';
import { exactTime } from '../../components/time-words.ts';
import { whoInWords } from './event-words.ts';
import { ProofPart } from './proof-part.tsx';

/** What unfolds under an event: who, when, where, all of its text, its change, and its proof. */
export function EventDetails({ entry }: { entry: ActivityEntry }) {
  const [proof, setProof] = useState(false);
  const { record, number, state } = entry;
  const change =
    record && (record.kind === 'change-ordered' || record.kind === 'change-settled')
      ? record.what.change
      : null;
  return (
    <>
      {record ? (
        <dl className="event__facts">
          <div>
            <dt>Who</dt>
            <dd>{whoInWords(record.who)}</dd>
          </div>
          <div>
            <dt>When</dt>
            <dd>{exactTime(record.at)}</dd>
          </div>
          <div>
            <dt>Where</dt>
            <dd>{record.where ? visible(record.where.name) : 'this console'}</dd>
          </div>
          <div>
            <dt>Event</dt>
            <dd>
              {number.toLocaleString('en')} · <code>{record.kind}</code>
            </dd>
          </div>
        </dl>
      ) : (
        <p className="event__gone">
          {state === 'missing'
            ? 'Its text is gone, and nobody but a stranger removes one. Its hash is still in the tree, so nothing could be put in its place.'
            : 'What lies there is no event. Verify the record to learn from where on it can be vouched for.'}
        </p>
      )}
      {record ? (
        <Disclosure summary="Exactly as recorded" note={`${Object.keys(record.what).length} fields`}>
          <div className="event__raw">
            <RawText text={JSON.stringify(record, null, 2)} label={`Event ${number}`} />
          </div>
        </Disclosure>
      ) : null}
      <div className="event__buttons">
        {change && /^[0-9a-f]{32}$/.test(change) ? (
          <Link to="/change/$change" params={{ change }} className={buttonClass('outline', true)}>
            Show the change
          </Link>
        ) : null}
        <Button small variant="plain" aria-expanded={proof} onClick={() => setProof((before) => !before)}>
          {proof ? 'Hide its proof' : 'Show its proof'}
        </Button>
      </div>
      {proof ? <ProofPart number={number} /> : null}
    </>
  );
}
