import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { buttonClass } from '../../components/button.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { SampleMark } from '../../components/sample-mark.tsx';
import { StatusWord } from '../../components/status.tsx';
import { Tally } from '../../components/tally.tsx';
import { orpc } from '../../transport/queries.ts';
import './choose-node.css';

export interface ChooseNodeProps {
  nodes: readonly SwarmNode[];
  /** The address named a node that is not there. */
  unknown: boolean;
}

/** Which node is to be set up: each with what waits there. */
export function ChooseNode({ nodes, unknown }: ChooseNodeProps) {
  const { data: overview } = useQuery(orpc.findings.overview.queryOptions({ input: { node: null } }));
  return (
    <Page>
      <PageHeader
        eyebrow="Setup"
        sentence={unknown ? 'There is no such node.' : 'Which node do you want to go through?'}
        lead="Eleven items, one at a time. You can leave at any point and go on later."
        actions={
          <Link
            to="/setup/{-$node}"
            params={{ node: undefined }}
            search={{ add: true }}
            className={buttonClass('outline')}
          >
            Add a node
          </Link>
        }
      />
      <ul className="choose-node">
        {nodes.map((node) => {
          const standing = overview?.standings.find((entry) => entry.node === node.id);
          return (
            <li key={node.id}>
              <Link
                to="/setup/{-$node}"
                params={{ node: node.id }}
                search={{ node: node.id }}
                className="choose-node__row"
              >
                <span className="choose-node__name">{visible(node.name)}</span>
                {standing?.sample ? <SampleMark short /> : null}
                <span className="choose-node__counts">
                  {standing?.away ? (
                    <StatusWord status="asleep" />
                  ) : standing?.lookedAt ? (
                    <Tally counts={standing.counts} />
                  ) : (
                    <span className="quiet">not looked yet</span>
                  )}
                </span>
                <ChevronRight aria-hidden="true" />
              </Link>
            </li>
          );
        })}
      </ul>
    </Page>
  );
}
