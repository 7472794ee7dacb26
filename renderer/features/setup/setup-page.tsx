import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Redirect } from '../../app/redirect.tsx';
import type { SetupSearch } from '../../app/search.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { Page } from '../../components/page-header.tsx';
import { Waiting } from '../../components/waiting.tsx';
import { orpc } from '../../transport/queries.ts';
import { ChooseNode } from './choose-node.tsx';
import { FirstStart } from './first-start.tsx';
import { GuidedSetup } from './guided-setup.tsx';

/** With no node the ways in; with one or a chosen one its guided set-up; with several a choice. */
export function SetupPage() {
  const { node: id } = useParams({ strict: false }) as { node?: string };
  const { add, node: scoped } = useSearch({ strict: false }) as SetupSearch & { node?: string };
  const navigate = useNavigate();
  const { data: nodes, error, refetch } = useQuery(orpc.nodes.list.queryOptions());

  if (!nodes) {
    if (!error) return <Waiting words="Reading the list of nodes…" />;
    return (
      <Page>
        <ErrorState
          untouched="Nothing was changed."
          next="Try once more."
          {...errorWords(error, 'The list of nodes could not be read.')}
          action={
            <Button variant="filled" onClick={() => void refetch()}>
              Try once more
            </Button>
          }
        />
      </Page>
    );
  }
  if (add || nodes.length === 0) return <FirstStart nodes={nodes} />;
  const node = nodes.find((entry) => entry.id === (id ?? scoped));
  if (node && id !== undefined) return <GuidedSetup key={node.id} node={node} />;
  const [only] = nodes;
  const target = node ?? (nodes.length === 1 ? only : undefined);
  if (target) {
    return (
      <Redirect
        from={id === undefined ? '/setup' : `/setup/${id}`}
        go={() =>
          void navigate({ to: '/setup/{-$node}', params: { node: target.id }, search: true, replace: true })
        }
      />
    );
  }
  return <ChooseNode nodes={nodes} unknown={id !== undefined} />;
}
