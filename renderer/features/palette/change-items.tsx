import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { BadgeCheck, History, TimerReset, Undo2, Wrench } from 'lucide-react';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { orpc } from '../../transport/queries.ts';
import { useApplied } from '../../transport/use-live.ts';
import { Item } from './palette-item.tsx';

/** Nodes that get a line of their own for their repairs. */
const NAMED = 8;

export interface ChangeItemsProps {
  nodes: readonly SwarmNode[];
  node: NodeId | null;
  /** Closes the palette, then does it. */
  then: (act: () => void) => () => void;
}

/** What can be done about changes and the record. Nothing is changed from here: each leads to where it is shown first. */
export function ChangeItems({ nodes, node, then }: ChangeItemsProps) {
  const navigate = useNavigate();
  const waiting = useApplied().filter((change) => change.state === 'unconfirmed');
  const list = useQuery(orpc.fixes.list.queryOptions({ input: { limit: 50 } }));
  const last = list.data?.changes.find((change) => change.undo.possible);
  const repairable = nodes
    .filter((entry) => entry.address.kind !== 'recorded' && (node === null || entry.id === node))
    .slice(0, NAMED);
  return (
    <>
      {waiting.map((change) => (
        <Item
          key={change.id}
          id={`keep ${change.id}`}
          icon={<TimerReset aria-hidden="true" />}
          label={`Keep or revert: ${visible(change.title)}`}
          keys="g k"
          onSelect={then(() => void navigate({ to: '/change/$change', params: { change: change.id } }))}
        />
      ))}
      {repairable.map((entry) => (
        <Item
          key={entry.id}
          id={`fix all ${entry.id}`}
          icon={<Wrench aria-hidden="true" />}
          label={`Fix all that can be fixed on ${visible(entry.name)}`}
          onSelect={then(
            () =>
              void navigate({
                to: '/plan',
                search: (before) => ({ ...before, do: 'fix', on: entry.id, checks: 'all' }),
              }),
          )}
        />
      ))}
      {last ? (
        <Item
          icon={<Undo2 aria-hidden="true" />}
          id={`undo ${last.id}`}
          label={`Undo the last change: ${visible(last.title)}`}
          onSelect={then(
            () =>
              void navigate({
                to: '/plan',
                search: (before) => ({ ...before, do: 'undo', change: last.id }),
              }),
          )}
        />
      ) : null}
      <Item
        icon={<History aria-hidden="true" />}
        label="Show all changes"
        onSelect={then(
          () => void navigate({ to: '/activity', search: (before) => ({ ...before, about: 'changes' }) }),
        )}
      />
      <Item
        icon={<BadgeCheck aria-hidden="true" />}
        label="Verify the record, save a checkpoint"
        onSelect={then(() => void navigate({ to: '/activity' }))}
      />
    </>
  );
}
