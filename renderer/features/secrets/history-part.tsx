import { useQuery } from '@tanstack/react-query';
import type { RotationRun } from '#shared/domain/rotation/run.ts';
import { visible } from '#shared/domain/text.ts';
import { Disclosure } from '../../components/disclosure.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { orpc } from '../../transport/queries.ts';
import { SplitWindow } from './split-window.tsx';

/** Earlier rotations, newest first; each unfolds to its drawing. */
export function HistoryPart() {
  const history = useQuery(orpc.rotation.history.queryOptions({ input: { limit: 20 } }));
  const runs = (history.data?.runs ?? []).filter(({ endedAt }) => endedAt !== null);
  return (
    <section className="secrets__part">
      <SectionHeading title="Rotations" note={runs.length === 0 ? 'None yet.' : undefined} />
      {runs.length > 0 ? (
        <ul className="secrets__rows">
          {runs.map((run) => (
            <li key={run.id}>
              <Disclosure
                summary={visible(run.sentence)}
                note={noteOf(run)}
                aside={<RelativeTime at={run.startedAt} short />}
              >
                <SplitWindow run={run} />
              </Disclosure>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function noteOf({ split, emergency }: RotationRun): string {
  const parts = [
    emergency ? 'emergency' : '',
    split?.milliseconds == null ? '' : `split for ${(split.milliseconds / 1_000).toFixed(1)} s`,
  ];
  return parts.filter(Boolean).join(', ');
}
