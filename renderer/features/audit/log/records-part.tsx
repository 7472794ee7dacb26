import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from '../../../components/disclosure.tsx';
import { count } from '../../../components/time-words.ts';
import './records.css';

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
              className={derived ? 'records__line records__line--made' : 'records__line'}
              title={derived ? 'Put together from the others' : undefined}
              aria-current={number === open || undefined}
              onClick={() => onOpen(number)}
            >
              <span>{number.toLocaleString('en')}</span>
              <span>{visible(message.slice(0, SEEN))}</span>
            </button>
          </li>
        ))}
      </ol>
    </Disclosure>
  );
}
