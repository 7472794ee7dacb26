import type { RecordCheck } from '#shared/domain/dependencies/record-check.ts';
import { recordVerdict } from '#shared/domain/dependencies/record-verdict.ts';
import type { Verification } from '#shared/domain/dependencies/verification.ts';
import { visible } from '#shared/domain/text.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusWord } from '../../components/status.tsx';
import { count } from '../../components/time-words.ts';

const STATUS = { intact: 'pass', changed: 'fix', unknown: 'unknown' } as const;
const WORD = { intact: 'As recorded', changed: 'Changed', unknown: 'Not all could be said' } as const;
/** Files that are named before the rest is counted. */
const FIRST = 20;

/** What came of hashing installed files, or how far it is. */
export function VerificationResult({ seen }: { seen: Verification }) {
  const { state, words, trouble, checks, endedAt } = seen;
  if (state === 'never') return null;
  return (
    <div className="verification" role="status">
      {state === 'running' ? <p className="quiet">{visible(words)}…</p> : null}
      {state === 'cancelled' ? <p className="quiet">It was called off; nothing was changed.</p> : null}
      {state === 'failed' ? (
        <p>
          <StatusWord status="unknown">Could not be verified</StatusWord> {visible(trouble)}
        </p>
      ) : null}
      {checks.map((check) => (
        <CheckedPlace key={check.environment} check={check} />
      ))}
      {endedAt ? (
        <p className="quiet">
          Hashed <RelativeTime at={endedAt} />; compiled files (*.pyc) are recorded by nobody.
        </p>
      ) : null}
    </div>
  );
}

function CheckedPlace({ check }: { check: RecordCheck }) {
  const verdict = recordVerdict(check);
  const { changed, missing, added, omitted, withoutRecord, unread } = check;
  const named = [
    ...changed.map(({ path, package: name }) => ({ what: 'changed', path, by: name })),
    ...missing.map(({ path, package: name }) => ({ what: 'missing', path, by: name })),
    ...added.map(({ path, runsAtStart }) => ({
      what: 'added',
      path,
      by: runsAtStart ? 'Python runs it at every start' : '',
    })),
  ];
  const more = named.length - FIRST + omitted;
  return (
    <div className="verification__place">
      <p>
        <StatusWord status={STATUS[verdict]}>{WORD[verdict]}</StatusWord>{' '}
        <code>{visible(check.environment)}</code>
      </p>
      <p className="quiet">
        {count(check.intact, 'file')} as recorded, {changed.length} changed, {missing.length} missing,{' '}
        {added.length} added
        {withoutRecord.length > 0 ? `; nobody recorded ${count(withoutRecord.length, 'package')}` : ''}
        {unread ? `; ${visible(unread)}` : ''}
      </p>
      {named.length > 0 ? (
        <ul className="verification__files">
          {named.slice(0, FIRST).map(({ what, path, by }) => (
            <li key={`${what} ${path}`}>
              <span className="verification__what">{what}</span> <code>{visible(path)}</code>
              {by ? <span className="quiet"> {visible(by)}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
      {more > 0 ? <p className="quiet">and {count(more, 'more file')}.</p> : null}
    </div>
  );
}
