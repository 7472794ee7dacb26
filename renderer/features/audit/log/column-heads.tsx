import { X } from 'lucide-react';
import { visible } from '#shared/domain/text.ts';

/** Names over the columns that somebody added, each with the way to take it away. */
export function ColumnHeads({
  columns,
  onColumn,
}: {
  columns: readonly string[];
  onColumn: (field: string) => void;
}) {
  return (
    <div className="row row--heads">
      <span className="row__time">time</span>
      <span className="row__node">node</span>
      <span className="row__kind">kind</span>
      {columns.map((column) => (
        <span key={column} className="row__column">
          <span>{visible(column)}</span>
          <button
            type="button"
            aria-label={`Take away the column ${visible(column)}`}
            onClick={() => onColumn(column)}
          >
            <X aria-hidden="true" />
          </button>
        </span>
      ))}
      <span className="row__message">what the log says</span>
    </div>
  );
}
