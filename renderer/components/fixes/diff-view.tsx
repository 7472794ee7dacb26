import { ChevronsUpDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { CopyButton } from '../copy-button.tsx';
import { count } from '../time-words.ts';
import { type DiffLine, diffCounts, foldSame, lineDiff } from './line-diff.ts';
import './diff-view.css';

export interface DiffViewProps {
  path: string;
  /** The file as it is; null when it is not there or is no text. */
  before: string | null;
  /** The file as it would be; null when it goes. */
  after: string | null;
  /** Owner and mode, as the plan words them. */
  attributes: string;
}

/** Lines that are drawn before somebody asks for the rest. */
const DRAWN = 80;

const SIGN: Readonly<Record<DiffLine['kind'], string>> = { added: '+', removed: '−', same: ' ' };
const READ_OUT: Readonly<Record<DiffLine['kind'], string>> = {
  added: 'added: ',
  removed: 'removed: ',
  same: '',
};

/** What happens to a file, line by line in one column: each change has its sign and its word, colour only beside them. */
export function DiffView({ path, before, after, attributes }: DiffViewProps) {
  const [all, setAll] = useState(false);
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const lines = useMemo(() => lineDiff(before, after), [before, after]);
  const shown = useMemo(() => foldSame(lines), [lines]);
  const { added, removed } = diffCounts(lines);
  const drawn = all ? shown : shown.slice(0, DRAWN);
  const name = visible(path);
  const width = String(Math.max(1, lines.at(-1)?.after ?? 0, lines.at(-1)?.before ?? 0)).length;
  return (
    <figure className="diff" style={{ '--diff-digits': `${width}ch` } as React.CSSProperties}>
      <figcaption className="diff__head">
        <code className="diff__path">{name}</code>
        <span className="diff__what">{whatHappens(before, after, added, removed)}</span>
        {attributes ? <span className="diff__attributes">{visible(attributes)}</span> : null}
        {after === null ? null : <CopyButton text={after} label={`Copy ${name} as it would be`} />}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long file scrolls, and the keyboard must be able to */}
      <section className="diff__lines" tabIndex={0} aria-label={`What changes in ${name}`}>
        {drawn.map((entry, index) => {
          const key =
            entry.kind === 'fold' ? `fold-${index}` : `${entry.kind} ${entry.before} ${entry.after}`;
          if (entry.kind !== 'fold') return <Line key={key} line={entry} />;
          if (unfolded.has(index)) {
            return entry.lines.map((line) => <Line key={`same ${line.before}`} line={line} />);
          }
          return (
            <button
              key={key}
              type="button"
              className="diff__fold"
              onClick={() => setUnfolded(new Set([...unfolded, index]))}
            >
              <ChevronsUpDown aria-hidden="true" />
              {entry.lines.length.toLocaleString('en')} lines stay as they are
            </button>
          );
        })}
        {lines.length === 0 ? <p className="diff__none">There is no line in it.</p> : null}
        {shown.length > drawn.length ? (
          <button type="button" className="diff__fold" onClick={() => setAll(true)}>
            <ChevronsUpDown aria-hidden="true" />
            Show {(shown.length - drawn.length).toLocaleString('en')} more lines
          </button>
        ) : null}
      </section>
    </figure>
  );
}

function Line({ line }: { line: DiffLine }) {
  return (
    <div className={`diff__line diff__line--${line.kind}`}>
      <span className="diff__number" aria-hidden="true">
        {line.before ?? ''}
      </span>
      <span className="diff__number" aria-hidden="true">
        {line.after ?? ''}
      </span>
      <span className="diff__sign" aria-hidden="true">
        {SIGN[line.kind]}
      </span>
      <code className="diff__text">
        {READ_OUT[line.kind] ? <span className="visually-hidden">{READ_OUT[line.kind]}</span> : null}
        {visible(line.text)}
      </code>
    </div>
  );
}

function whatHappens(before: string | null, after: string | null, added: number, removed: number): string {
  if (before === null) return `new, ${count(added, 'line')}`;
  if (after === null) return `removed, ${count(removed, 'line')}`;
  const parts = [
    added > 0 && `${count(added, 'line')} added`,
    removed > 0 && `${count(removed, 'line')} removed`,
  ];
  return parts.filter(Boolean).join(', ') || 'same lines';
}
