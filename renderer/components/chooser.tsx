import { ChevronDown } from 'lucide-react';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import './chooser.css';
import { Menu } from './menu.tsx';

/** What opens a menu of choices and says which one holds, for `Menu`'s `trigger`. */
export function Chooser({ words, ...rest }: { words: string }) {
  return (
    <button type="button" className="chooser" {...rest}>
      <span>{words}</span>
      <ChevronDown aria-hidden="true" />
    </button>
  );
}

export interface NodeChooserProps {
  nodes: readonly SwarmNode[];
  /** Null for all. */
  node: string | null;
  onNode: (id: SwarmNode['id'] | null) => void;
}

/** One node or all of them. */
export function NodeChooser({ nodes, node, onNode }: NodeChooserProps) {
  const name = nodes.find(({ id }) => id === node)?.name ?? node;
  return (
    <Menu
      label="Show one node or all"
      groups={[
        [{ id: 'all', label: 'All nodes', chosen: node === null, onSelect: () => onNode(null) }],
        nodes.map((entry) => ({
          id: entry.id,
          label: visible(entry.name),
          text: entry.name,
          chosen: entry.id === node,
          onSelect: () => onNode(entry.id),
        })),
      ]}
      trigger={<Chooser words={name === null ? 'All nodes' : visible(name)} />}
    />
  );
}
