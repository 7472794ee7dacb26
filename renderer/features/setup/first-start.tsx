import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Box, Globe, Laptop, type LucideIcon, Undo2, User } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SwarmNode } from '#shared/domain/node.ts';
import { useAdding } from '../../components/adding.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page-header.tsx';
import { orpc } from '../../transport/queries.ts';
import { Houses } from './houses.tsx';
import { SshWay } from './ssh-way.tsx';
import { Way } from './way.tsx';
import './first-start.css';

/** Three ways in: this computer, a node over SSH, the sample node. And three promises. */
export function FirstStart({ nodes }: { nodes: readonly SwarmNode[] }) {
  const adding = useAdding();
  const local = useQuery(orpc.nodes.detectLocal.queryOptions());
  const about = useQuery(orpc.system.about.queryOptions());
  const here = nodes.find(({ address }) => address.kind === 'local');
  const sample = nodes.find(({ address }) => address.kind === 'recorded' && address.sample);
  const first = nodes.length === 0;
  const possible = local.data?.possible ?? true;
  return (
    <Page className="first-start">
      <header className="first-start__head">
        <div>
          <h1>{first ? 'No node yet. Start with the computer in front of you.' : 'Add another node.'}</h1>
          <p>Looking changes nothing. What could be better is shown step by step, and you decide.</p>
        </div>
        <Houses />
      </header>
      <ul className="first-start__ways">
        <Way icon={Laptop} title="This computer" words={local.data?.sentence ?? 'Looking what runs here…'}>
          {here ? (
            <Open node={here} />
          ) : (
            <Button
              variant={possible ? 'filled' : 'outline'}
              running={adding.pending === 'local' && 'Adding it'}
              disabledReason={possible ? null : 'Only on Linux'}
              onClick={() => adding.add({ kind: 'local' })}
            >
              Look at this computer
            </Button>
          )}
        </Way>
        <SshWay adding={adding} />
        <Way
          icon={Box}
          title="A sample node"
          words="Recorded from a real node and marked as a sample everywhere. See it all work first."
        >
          {sample ? (
            <Open node={sample} />
          ) : (
            <Button
              running={adding.pending === 'recorded' && 'Opening'}
              onClick={() => adding.add({ kind: 'recorded', sample: true })}
            >
              Open the sample
            </Button>
          )}
        </Way>
      </ul>
      {adding.problem && adding.problem.kind !== 'ssh' ? (
        <ErrorState inline {...adding.problem.words} />
      ) : null}
      <ul className="first-start__promises">
        <Promised icon={User}>
          {about.data?.runsAsRoot
            ? 'Started as root now; it does not need to be'
            : 'The console never runs as root'}
        </Promised>
        <Promised icon={Globe}>No account, no telemetry</Promised>
        <Promised icon={Undo2}>Nothing changes without a preview</Promised>
      </ul>
    </Page>
  );
}

function Open({ node }: { node: SwarmNode }) {
  return (
    <Link
      to="/setup/{-$node}"
      params={{ node: node.id }}
      search={{ node: node.id }}
      className={buttonClass('outline')}
    >
      Open {node.name}
    </Link>
  );
}

function Promised({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <li>
      <Icon aria-hidden="true" />
      {children}
    </li>
  );
}
