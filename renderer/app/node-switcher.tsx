import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronsUpDown, Plus } from 'lucide-react';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Menu, type MenuItem } from '../components/menu.tsx';
import { numberInWords } from '../components/number-words.ts';
import { orpc } from '../transport/queries.ts';
import { Mark } from './mark.tsx';
import { useChooseScope } from './scope.ts';

export interface NodeSwitcherProps {
  node: NodeId | null;
  narrow: boolean;
}

/** The top of the rail: which node all pages are about. */
export function NodeSwitcher({ node, narrow }: NodeSwitcherProps) {
  const { data: nodes } = useQuery(orpc.nodes.list.queryOptions());
  const choose = useChooseScope();
  const navigate = useNavigate();
  const { name, note } = present(nodes, node);

  const one = (entry: SwarmNode): MenuItem => ({
    id: entry.id,
    label: visible(entry.name),
    text: entry.name,
    note: addressInWords(entry),
    chosen: entry.id === node,
    onSelect: () => choose(entry.id),
  });
  const all: MenuItem = {
    id: 'all',
    label: 'All nodes',
    note: inSwarm(nodes?.length ?? 0),
    chosen: node === null,
    onSelect: () => choose(null),
  };
  const add: MenuItem = {
    id: 'add',
    label: 'Add a node',
    icon: <Plus aria-hidden="true" />,
    onSelect: () =>
      void navigate({ to: '/setup/{-$node}', params: { node: undefined }, search: { add: true } }),
  };

  return (
    <Menu
      label="Choose a node"
      matchTrigger={!narrow}
      groups={nodes && nodes.length > 0 ? [[all], nodes.map(one), [add]] : [[add]]}
      trigger={
        <button type="button" className="rail__switcher" aria-label={`Node: ${name}. Choose another`}>
          <Mark />
          <span className="rail__names">
            <span className="rail__name">{name}</span>
            <span className="rail__note">{note}</span>
          </span>
          <ChevronsUpDown aria-hidden="true" className="rail__chevrons" />
        </button>
      }
    />
  );
}

function present(
  nodes: readonly SwarmNode[] | undefined,
  node: NodeId | null,
): { name: string; note: string } {
  if (!nodes) return { name: 'Swarmkeep', note: ' ' };
  if (nodes.length === 0) return { name: 'No node yet', note: 'Choose a way in' };
  const chosen = nodes.find((entry) => entry.id === node);
  if (chosen)
    return { name: visible(chosen.name), note: chosen.lastError ? 'Not answering' : addressInWords(chosen) };
  return { name: 'All nodes', note: inSwarm(nodes.length) };
}

function inSwarm(amount: number): string {
  return amount === 1 ? 'One node' : `${numberInWords(amount)} in your swarm`;
}

/** @returns how the console reaches a node, in a few words */
export function addressInWords(node: SwarmNode): string {
  const { address } = node;
  if (address.kind === 'local') return 'This computer';
  if (address.kind === 'recorded') return address.sample ? 'The sample node' : 'Recorded facts';
  return address.user ? `${address.user}@${address.host}` : address.host;
}
