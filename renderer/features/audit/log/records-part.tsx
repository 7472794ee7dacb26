import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from '../../../components/disclosure.tsx';
import { count } from '../../../components/time-words.ts';

const SEEN = 400;

export interface RecordsPartProps {
  /** What was put together from the records, or tells most of them. */
  head: AuditEvent;
  records: readonly AuditEvent[];
  /** The one whose fields are shown. */
  open: number | undefined;
  onOpen: (number: number) => void;
}

/** The records that one line of the list stands for; each can be looked at by itself. */
export function RecordsPart({ head, records, open, onOpen }: RecordsPartProps) {
  const all = [...records, head].toSorted((a, b) => a.number - b.number);
  return (
    <Disclosure summary={`${count(all.length, 'record')} of this happening`}>
      <ol className="records">
        {all.map(({ number, message, derived }) => (
          <li key={number}>
            <button
              type="button"
              className="records__line"
              aria-current={number === open || undefined}
              onClick={() => onOpen(number)}
            >
              <span>{number.toLocaleString('en')}</span>
              {derived ? <span className="records__made">put together</span> : null}
              <span>{visible(message.slice(0, SEEN))}</span>
            </button>
          </li>
        ))}
      </ol>
    </Disclosure>
  );
}
