import { useQueries } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, Wrench } from 'lucide-react';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Menu } from '../../components/menu.tsx';
import { orpc } from '../../transport/queries.ts';
import type { Group } from './triage.ts';

export interface FixAllProps {
  groups: readonly Group[];
  nodes: readonly SwarmNode[];
  /** The node that the page is about; null for all. */
  node: NodeId | null;
}

/** Nodes that are asked what can be repaired on them: those with most to do. */
const ASKED = 12;
const OPEN = ['fix', 'review', 'unknown'];

/** "Fix all that can be fixed": one plan for everything on a node that a program can repair. Says nothing where there is none. */
export function FixAll({ groups, nodes, node }: FixAllProps) {
  const navigate = useNavigate();
  const openChecks = new Map<NodeId, Set<string>>();
  /** What the plan begins with: what a person has to decide, or what could not be seen, is chosen there. */
  const toFix = new Map<NodeId, Set<string>>();
  for (const row of groups.flatMap((group) => (OPEN.includes(group.key) ? group.rows : []))) {
    for (const finding of row.siblings) {
      if (!OPEN.includes(finding.status) || finding.lacking) continue;
      openChecks.set(finding.node, (openChecks.get(finding.node) ?? new Set()).add(finding.check));
      if (finding.status === 'fix')
        toFix.set(finding.node, (toFix.get(finding.node) ?? new Set()).add(finding.check));
    }
  }
  const asked = nodes
    .filter(
      ({ id, address }) =>
        address.kind !== 'recorded' && openChecks.has(id) && (node === null || id === node),
    )
    .toSorted((a, b) => (openChecks.get(b.id)?.size ?? 0) - (openChecks.get(a.id)?.size ?? 0))
    .slice(0, ASKED);
  const answers = useQueries({
    queries: asked.map(({ id }) => orpc.fixes.available.queryOptions({ input: { node: id } })),
  });
  const possible = asked.flatMap((entry, index) => {
    const answer = answers[index]?.data;
    if (!answer || answer.access.via === 'none') return [];
    const open = openChecks.get(entry.id);
    const possibleThere = answer.checks.filter(({ check, automatic }) => automatic && open?.has(check));
    const chosen = possibleThere.filter(({ check }) => toFix.get(entry.id)?.has(check)).length;
    return possibleThere.length > 0 ? [{ node: entry, chosen }] : [];
  });
  const [first] = possible;
  if (!first) return null;
  const open = (id: NodeId) =>
    void navigate({ to: '/plan', search: (before) => ({ ...before, do: 'fix', on: id, checks: 'all' }) });
  if (possible.length === 1) {
    return (
      <Button small variant="plain" icon={<Wrench aria-hidden="true" />} onClick={() => open(first.node.id)}>
        Fix all that can be fixed on {visible(first.node.name)}
      </Button>
    );
  }
  return (
    <Menu
      label="Fix all that can be fixed on a node"
      align="end"
      groups={[
        possible.map((entry) => ({
          id: entry.node.id,
          label: visible(entry.node.name),
          text: entry.node.name,
          note: entry.chosen === 0 ? 'to choose from' : `${entry.chosen} by program`,
          onSelect: () => open(entry.node.id),
        })),
      ]}
      trigger={
        <Button small variant="plain" icon={<Wrench aria-hidden="true" />}>
          Fix all that can be fixed <ChevronDown aria-hidden="true" className="fix-all__chevron" />
        </Button>
      }
    />
  );
}
