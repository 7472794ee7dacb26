import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useDeferredValue, useState } from 'react';
import type { Standing } from '#shared/contract/findings.ts';
import type { LookState } from '#shared/contract/looks.ts';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { Chooser } from '../../components/chooser.tsx';
import { Menu } from '../../components/menu.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { orpc } from '../../transport/queries.ts';
import { NodeRow } from './node-row.tsx';
import { listedNodes, type NodesOrder, nextRow, ORDERS } from './nodes-order.ts';

/** A few nodes are seen at once; more want to be searched. */
const SEARCHED_FROM = 8;

export interface NodeListProps {
  nodes: readonly SwarmNode[];
  standings: readonly Standing[];
  /** Looks that are under way. */
  running: readonly LookState[];
}

/** All nodes, the worst first, with search and other orders where there are many. */
export function NodeList({ nodes, standings, running }: NodeListProps) {
  const glances = useQuery(orpc.nodes.glances.queryOptions());
  const [unfolded, setUnfolded] = useState<NodeId | null>(null);
  const [typed, setTyped] = useState('');
  const [order, setOrder] = useState<NodesOrder>('worst');
  const many = nodes.length >= SEARCHED_FROM;
  const wanted = useDeferredValue(many ? typed : '');
  const listed = listedNodes({ nodes, standings, glances: glances.data ?? [] }, wanted, order);
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.node__button')];
    const next = nextRow(event.key, rows, event.target as HTMLElement);
    if (next === null) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <>
      {many ? (
        <div className="nodes-bar">
          <SearchField
            label="Search nodes by name, address, level or state"
            value={typed}
            onValue={setTyped}
          />
          <Menu
            label="In which order"
            align="end"
            groups={[
              (Object.keys(ORDERS) as NodesOrder[]).map((id) => ({
                id,
                label: ORDERS[id],
                chosen: id === order,
                onSelect: () => setOrder(id),
              })),
            ]}
            trigger={<Chooser words={ORDERS[order]} />}
          />
        </div>
      ) : null}
      {listed.length === 0 ? (
        <p className="nodes-none">No node has “{wanted}” in its name, address, level or state.</p>
      ) : (
        <ul className="nodes" onKeyDown={onKeyDown}>
          {listed.map(({ node, standing, glance }) => (
            <NodeRow
              key={node.id}
              node={node}
              standing={standing}
              glance={glance}
              look={running.find((look) => look.node === node.id)}
              open={unfolded === node.id}
              onToggle={() => setUnfolded((before) => (before === node.id ? null : node.id))}
            />
          ))}
        </ul>
      )}
    </>
  );
}
