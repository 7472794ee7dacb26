import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { nodeWords } from './run-words.ts';
import type { Rotation } from './use-rotation.ts';

/** Nodes that an earlier rotation left out: kept out by the others until they are finished. */
export function UnfinishedPart({ rotation }: { rotation: Rotation }) {
  const { unfinished, resume } = rotation;
  if (unfinished.length === 0) return null;
  return (
    <section className="secrets__part">
      <SectionHeading title="Not finished" note="Fenced off at the others until they have the new secret." />
      <ul className="secrets__rows">
        {unfinished.flatMap((run) =>
          run.nodes
            .filter(({ state }) => state === 'away' || state === 'excluded' || state === 'removed')
            .map((node) => {
              const { word, icon: Icon, tone } = nodeWords(node, true);
              return (
                <li key={`${run.id} ${node.node}`} className="secrets__line">
                  <span className={`split__state split__state--${tone}`}>
                    {Icon === 'spinner' ? null : <Icon aria-hidden="true" />}
                    {visible(node.name)}
                  </span>
                  <span className="secrets__detail">{visible(node.message ?? word)}</span>
                  {run.canResume ? (
                    <Button
                      small
                      running={resume.isPending && resume.variables === run.id && 'Trying'}
                      onClick={() => resume.mutate(run.id)}
                    >
                      Finish it now
                    </Button>
                  ) : (
                    <span />
                  )}
                </li>
              );
            }),
        )}
      </ul>
    </section>
  );
}
