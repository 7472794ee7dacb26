import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { isRunning } from '../../components/look-progress.tsx';
import { Page, PageHeader } from '../../components/page-header.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { useLooks } from '../../transport/use-live.ts';
import { strangersSentence } from './found-words.ts';
import { NodeList } from './node-list.tsx';
import { nodesSentence } from './nodes-sentence.ts';
import { RemovedNodes } from './removed-nodes.tsx';
import { Suggestions } from './suggestions.tsx';
import { useFoundNodes } from './use-found-nodes.ts';
import { useNodeActions } from './use-node-actions.ts';
import './nodes.css';

/** Every machine of the swarm: where it stands, when it was seen, and what Swarmkeep knows of it. */
export function NodesPage() {
  const list = useQuery(orpc.nodes.list.queryOptions());
  const overview = useQuery(orpc.findings.overview.queryOptions({ input: { node: null } }));
  const found = useFoundNodes();
  const looks = useLooks();
  const { lookAt } = useNodeActions();

  const nodes = list.data;
  if (!nodes) {
    if (!list.isError) return <Waiting words="Reading the nodes…" />;
    return (
      <Page>
        <ErrorState
          {...errorWords(list.error, 'The nodes could not be read.')}
          action={<Button onClick={() => void list.refetch()}>Try again</Button>}
        />
      </Page>
    );
  }
  const running = looks.filter(isRunning);
  return (
    <Page>
      <PageHeader
        eyebrow={nodes.length > 0 ? eyebrowOf(nodes) : undefined}
        sentence={nodesSentence(nodes)}
        lead={strangersSentence(found.data?.announced ?? [])}
        actions={
          nodes.length > 0 ? (
            <>
              <AddLink />
              <Button
                variant="filled"
                running={running.length > 0 && `Looking at ${running.length} of ${nodes.length}`}
                onClick={() => lookAt.mutate(undefined)}
              >
                {nodes.length === 1 ? 'Look now' : 'Look at all now'}
              </Button>
            </>
          ) : null
        }
      />
      {nodes.length === 0 ? (
        <EmptyState
          sentence="A node is one machine of the swarm: this computer, or one that you reach over SSH."
          action={<AddLink filled />}
        />
      ) : (
        <NodeList nodes={nodes} standings={overview.data?.standings ?? []} running={running} />
      )}
      <RemovedNodes />
      <Suggestions nodes={nodes} />
    </Page>
  );
}

function AddLink({ filled = false }: { filled?: boolean }) {
  return (
    <Link
      to="/setup/{-$node}"
      params={{ node: undefined }}
      search={{ add: true }}
      className={buttonClass(filled ? 'filled' : 'outline')}
    >
      Add a node
    </Link>
  );
}

function eyebrowOf(nodes: readonly SwarmNode[]): string {
  const names = nodes.map((node) => visible(node.name));
  return names.length > 6 ? `${names.slice(0, 5).join(' · ')} · ${names.length - 5} more` : names.join(' · ');
}
