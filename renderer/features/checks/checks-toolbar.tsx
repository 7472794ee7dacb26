import { ChevronDown, Search } from 'lucide-react';
import type { NodeId, SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { useChooseScope } from '../../app/scope.ts';
import { Menu } from '../../components/menu.tsx';
import { StatusIcon } from '../../components/status.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FixAll } from './fix-all.tsx';
import { groupStatus, groupWords } from './group-words.ts';
import { type Group, type GroupKey, SORTS, type SortKey } from './triage.ts';

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
  only: GroupKey | null;
  onOnly: (key: GroupKey | null) => void;
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
  const scoped = nodes.find((entry) => entry.id === node);
  return (
    <div className="checks-toolbar" role="toolbar" aria-label="What is listed">
      <label className="checks-toolbar__search">
        <Search aria-hidden="true" />
        <span className="visually-hidden">Search the findings</span>
        <input
          type="search"
          value={query}
          placeholder="Search"
          spellCheck={false}
          autoComplete="off"
          maxLength={200}
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && query !== '') {
              event.stopPropagation();
              onQuery('');
            }
          }}
        />
      </label>
      {nodes.length > 1 ? (
        <Menu
          label="Show one node or all"
          groups={[
            [{ id: 'all', label: 'All nodes', chosen: node === null, onSelect: () => choose(null) }],
            nodes.map((entry) => ({
              id: entry.id,
              label: visible(entry.name),
              text: entry.name,
              chosen: entry.id === node,
              onSelect: () => choose(entry.id),
            })),
          ]}
          trigger={<Chooser words={scoped ? visible(scoped.name) : 'All nodes'} />}
        />
      ) : null}
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

function Chooser({ words, ...rest }: { words: string }) {
  return (
    <button type="button" className="chooser" {...rest}>
      <span>{words}</span>
      <ChevronDown aria-hidden="true" />
    </button>
  );
}
