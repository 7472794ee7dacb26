import { type CountGroup, groupWords } from '#shared/domain/counting.ts';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { useChooseScope } from '../../app/scope.ts';
import { Chooser, NodeChooser } from '../../components/chooser.tsx';
import { Menu } from '../../components/menu.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FixAll } from './fix-all.tsx';
import { groupStatus } from './group-status.ts';
import { type Group, SORTS, type SortKey } from './triage.ts';

const SORT_WORDS: Readonly<Record<SortKey, string>> = {
  worst: 'Worst first',
  newest: 'Newest first',
  node: 'By node',
  check: 'By check',
};

export interface ChecksToolbarProps {
  query: string;
  onQuery: (query: string) => void;
  sort: SortKey;
  onSort: (sort: SortKey) => void;
  only: CountGroup | null;
  onOnly: (key: CountGroup | null) => void;
  groups: readonly Group[];
  nodes: readonly SwarmNode[];
  node: NodeId | null;
}

/** Search, what to show, in which order, and export: one quiet line. */
export function ChecksToolbar(props: ChecksToolbarProps) {
  const { query, onQuery, sort, onSort, only, onOnly, groups, nodes, node } = props;
  const choose = useChooseScope();
  const present = groups.filter((group) => group.checks > 0);
  const onlyGroup = present.find((group) => group.key === only);
  return (
    <div className="checks-toolbar" role="toolbar" aria-label="What is listed">
      <SearchField label="Search the findings" value={query} onValue={onQuery} />
      {nodes.length > 1 ? <NodeChooser nodes={nodes} node={node} onNode={choose} /> : null}
      <Menu
        label="Show one group or all"
        groups={[
          [{ id: 'any', label: 'What is open', chosen: only === null, onSelect: () => onOnly(null) }],
          present.map((group) => ({
            id: group.key,
            label: groupWords(group.key, group.checks),
            icon: <StatusIcon status={groupStatus(group.key)} />,
            chosen: group.key === only,
            onSelect: () => onOnly(group.key),
          })),
        ]}
        trigger={<Chooser words={onlyGroup ? groupWords(onlyGroup.key, onlyGroup.checks) : 'What is open'} />}
      />
      <Menu
        label="Order of the rows"
        groups={[
          SORTS.map((key) => ({
            id: key,
            label: SORT_WORDS[key],
            chosen: key === sort,
            onSelect: () => onSort(key),
          })),
        ]}
        trigger={<Chooser words={SORT_WORDS[sort]} />}
      />
      <span className="checks-toolbar__end">
        <FixAll groups={groups} nodes={nodes} node={node} />
        <ExportMenu node={node} />
      </span>
    </div>
  );
}
