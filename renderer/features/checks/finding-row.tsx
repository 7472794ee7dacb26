import { ChevronRight } from 'lucide-react';
import { memo } from 'react';
import { visible } from '#shared/domain/text.ts';
import { useNow } from '../../components/relative-time.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { statusWord } from '../../components/status-words.ts';
import { exactTime, relativeTime } from '../../components/time-words.ts';
import { FindingPanel } from './finding-panel.tsx';
import type { OpenFinding, Row } from './triage.ts';

export interface FindingRowProps {
  row: Row;
  /** The first of its group has no line above. */
  first: boolean;
  open: boolean;
  id: string;
  /** In the tab order; the arrow keys reach the others. */
  focusable: boolean;
  /** Node whose finding is shown first when it is open; the lead's without it. */
  on: string | undefined;
  onOpen: (finding: OpenFinding | null) => void;
}

/** One line: what is so, which check, where, since when. Unfolds in place. Drawn anew only when it changes. */
export const FindingRow = memo(function FindingRow({
  row,
  first,
  open,
  id,
  focusable,
  on,
  onOpen,
}: FindingRowProps) {
  const panel = `panel-${row.id.replace('/', '-')}`;
  const status = row.lead.stale && row.status === 'pass' ? 'asleep' : row.status;
  return (
    <section className={open ? 'finding finding--open' : first ? 'finding finding--first' : 'finding'}>
      <h3 className="finding__line">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? panel : undefined}
          data-item={id}
          tabIndex={focusable ? 0 : -1}
          className="finding__button"
          onClick={() => onOpen(open ? null : { check: row.check, on: row.lead.node })}
        >
          <StatusIcon status={status} />
          <span className="visually-hidden">{statusWord(row.status)}: </span>
          <span className="finding__headline">{visible(row.headline)}</span>
          <code className="finding__check">{row.check}</code>
          <span className="finding__where">{visible(row.where)}</span>
          <Since at={row.lead.since} />
          <ChevronRight aria-hidden="true" className="finding__chevron" />
        </button>
      </h3>
      {open ? (
        <div id={panel} className="finding__panel">
          <FindingPanel key={on} row={row} on={on} />
        </div>
      ) : null}
    </section>
  );
});

/** `since 16:40`, `since 3 Nov`, `4 days ago`. */
function Since({ at }: { at: string }) {
  // A change that came after the last tick of the page's clock is not in the future.
  const now = Math.max(useNow(), Math.min(Date.parse(at), Date.now()));
  const words = relativeTime(at, now, true);
  return (
    <time className="finding__since tabular" dateTime={at} title={exactTime(at)}>
      {words.endsWith('ago') ? words : `since ${words}`}
    </time>
  );
}
