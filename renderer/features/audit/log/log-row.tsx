import { memo } from 'react';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { visible } from '#shared/domain/text.ts';
import { exactTime } from '../../../components/time-words.ts';
import { lineWords } from './happenings.ts';
import { fieldText, kindOf } from './kind-words.ts';

/** CSS pixels; the list counts on it. */
export const ROW_HEIGHT = 28;
const NONE: readonly AuditEvent[] = [];
/** More than this of a message is never seen in one line. */
const SEEN = 600;

export interface LogRowProps {
  event: AuditEvent;
  /** Records of the same happening that the line stands for. */
  records?: readonly AuditEvent[] | undefined;
  nodeName: string;
  /** Fields that stand before the message. */
  columns: readonly string[];
  open: boolean;
  focusable: boolean;
  onOpen: (number: number | undefined) => void;
}

/** One event in one line, exactly as the log says it; what cannot be seen is written as an escape. */
export const LogRow = memo(function LogRow({
  event,
  records = NONE,
  nodeName,
  columns,
  open,
  focusable,
  onOpen,
}: LogRowProps) {
  const { number, severity } = event;
  const loud = severity === 'error' || severity === 'warning';
  return (
    <button
      type="button"
      className={open ? 'row row--open' : 'row'}
      aria-expanded={open}
      data-item={number}
      tabIndex={focusable ? 0 : -1}
      onClick={() => onOpen(open ? undefined : number)}
    >
      <time className="row__time" dateTime={event.at} title={open ? exactTime(event.at) : undefined}>
        {clockWithSeconds(event.at)}
      </time>
      <span className="row__node">{visible(nodeName)}</span>
      <span className="row__kind">{visible(kindOf(event))}</span>
      {columns.map((column) => (
        <span key={column} className="row__column">
          {cell(event, column)}
        </span>
      ))}
      <span className="row__message">
        {loud ? <span className={`row__severity row__severity--${severity}`}>{severity}</span> : null}
        {visible(lineWords(event, records).slice(0, SEEN))}
        {records.length > 0 ? <span className="row__records">{records.length + 1} records</span> : null}
      </span>
    </button>
  );
});

function cell(event: AuditEvent, column: string): string {
  const value = event.fields[column];
  return value === undefined ? '' : visible(fieldText(value).slice(0, SEEN));
}

/** Local clock with seconds; made by hand because a flood asks for thousands. */
function clockWithSeconds(at: string): string {
  const date = new Date(at);
  const two = (value: number) => (value < 10 ? `0${value}` : String(value));
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
