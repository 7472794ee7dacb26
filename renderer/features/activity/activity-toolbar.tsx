import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LEDGER_SUBJECTS } from '#shared/domain/ledger-words.ts';
import { Chooser, NodeChooser } from '../../components/chooser.tsx';
import { Menu } from '../../components/menu.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { orpc } from '../../transport/queries.ts';

export interface ActivityToolbarProps {
  search: string;
  onSearch: (search: string) => void;
  /** A key of LEDGER_SUBJECTS; null for everything. */
  about: string | null;
  node: string | null;
}

/** Search, what about, and which node: one quiet line. */
export function ActivityToolbar({ search, onSearch, about, node }: ActivityToolbarProps) {
  const navigate = useNavigate();
  const nodes = useQuery(orpc.nodes.list.queryOptions()).data ?? [];
  const setAbout = (key: string | null) =>
    void navigate({
      to: '/activity',
      search: (before) => ({ ...before, about: key ?? undefined }),
      replace: true,
      resetScroll: false,
    });
  // Named although it is undefined: a node that is left out would be kept from the address before.
  const choose = (id: string | null) =>
    void navigate({
      to: '/activity',
      search: (before) => ({ ...before, node: id ?? undefined }),
      resetScroll: false,
    });
  return (
    <div className="activity-toolbar" role="toolbar" aria-label="What is listed">
      <SearchField label="Search the record" value={search} onValue={onSearch} />
      <Menu
        label="What it is about"
        groups={[
          [{ id: 'all', label: 'Everything', chosen: about === null, onSelect: () => setAbout(null) }],
          Object.entries(LEDGER_SUBJECTS).map(([key, { title }]) => ({
            id: key,
            label: title,
            chosen: key === about,
            onSelect: () => setAbout(key),
          })),
        ]}
        trigger={<Chooser words={LEDGER_SUBJECTS[about ?? '']?.title ?? 'Everything'} />}
      />
      <NodeChooser nodes={nodes} node={node} onNode={choose} />
    </div>
  );
}
