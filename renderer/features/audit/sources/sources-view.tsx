import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { useNow } from '../../../components/relative-time.tsx';
import { pointInTime } from '../../../components/time-words.ts';
import { orpc } from '../../../transport/queries.ts';
import { BackToLog } from '../back-to-log.tsx';
import { AddSourceDialog } from './add-source-dialog.tsx';
import { GAP_WORDS } from './gap-words.ts';
import { ReadOnceList } from './read-once-list.tsx';
import { SourceRow } from './source-row.tsx';
import { bytesInWords } from './source-words.ts';
import './sources.css';

/** What is followed, how each source is, and the times of which nothing is stored. */
export function SourcesView({ names, node }: { names: ReadonlyMap<string, string>; node: string | null }) {
  const [adding, setAdding] = useState(false);
  const now = useNow();
  const sources = useQuery(orpc.audit.sources.queryOptions({ input: node === null ? {} : { node } }));
  const gaps = useQuery(orpc.audit.gaps.queryOptions({ input: {} }));
  const list = [...(sources.data ?? [])].sort(
    (a, b) => a.node.localeCompare(b.node, 'en') || a.name.localeCompare(b.name, 'en'),
  );
  const known = new Map(list.map((source) => [source.id, source]));
  const shown = (gaps.data ?? [])
    .filter(({ source }) => known.has(source))
    .sort((a, b) => b.to.localeCompare(a.to));
  return (
    <div className="audit__panel">
      <BackToLog />
      <div className="sources__head">
        <h2>Sources</h2>
        <Button small icon={<Plus aria-hidden="true" />} onClick={() => setAdding(true)}>
          Follow another log…
        </Button>
      </div>
      {sources.error ? (
        <ErrorState inline {...errorWords(sources.error, 'The sources could not be read.')} />
      ) : list.length === 0 ? (
        <EmptyState
          sentence="No log is followed yet. Those that mycoSwarm writes are found by themselves after a look at the node."
          action={<Button onClick={() => setAdding(true)}>Follow a log…</Button>}
        />
      ) : (
        <ul className="sources">
          {list.map((source) => (
            <SourceRow key={source.id} source={source} nodeName={names.get(source.node) ?? source.node} />
          ))}
        </ul>
      )}
      <h2 id="gaps" className="sources__gaps-title">
        Gaps
      </h2>
      {shown.length === 0 ? (
        <p className="quiet">No gap is known: what these sources wrote while they were followed is stored.</p>
      ) : (
        <ul className="gaps" aria-labelledby="gaps">
          {shown.map((gap) => {
            const source = known.get(gap.source);
            return (
              <li key={`${gap.source} ${gap.from} ${gap.kind}`}>
                <span className="gaps__when">
                  {pointInTime(gap.from, now)} to {pointInTime(gap.to, now)}
                </span>
                <span>
                  <strong>{GAP_WORDS[gap.kind]}</strong>, {visible(source ? source.name : gap.source)}
                  {source ? ` on ${visible(names.get(source.node) ?? source.node)}` : ''}
                  {gap.bytes === null ? '' : `, ${bytesInWords(gap.bytes)}`}
                  {gap.detail ? <span className="gaps__detail">{visible(gap.detail)}</span> : null}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <ReadOnceList names={names} node={node} />
      {adding ? <AddSourceDialog names={names} node={node} onClose={() => setAdding(false)} /> : null}
    </div>
  );
}
