import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, Search } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { LEDGER_SUBJECTS } from '#shared/domain/ledger-words.ts';
import { visible } from '#shared/domain/text.ts';
import { Menu } from '../../components/menu.tsx';
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
  const field = useRef<HTMLInputElement>(null);
  useSlash(field);
  const nodes = useQuery(orpc.nodes.list.queryOptions()).data ?? [];
  const chosen = nodes.find(({ id }) => id === node)?.name;
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
      <label className="activity-toolbar__search">
        <Search aria-hidden="true" />
        <span className="visually-hidden">Search the record</span>
        <input
          ref={field}
          type="search"
          value={search}
          placeholder="Search"
          spellCheck={false}
          autoComplete="off"
          maxLength={256}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && search !== '') {
              event.stopPropagation();
              onSearch('');
            }
          }}
        />
        <span className="activity-toolbar__key" aria-hidden="true">
          /
        </span>
      </label>
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
        trigger={<Chooser words={node === null ? 'All nodes' : visible(chosen ?? node)} />}
      />
    </div>
  );
}

/** `/` goes to the search, as in every list of lines. */
function useSlash(field: React.RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      if (target instanceof HTMLElement && target.closest('input, textarea, select, [role="dialog"]')) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [field]);
}

function Chooser({ words, ...rest }: { words: string }) {
  return (
    <button type="button" className="activity-toolbar__chooser" {...rest}>
      <span>{words}</span>
      <ChevronDown aria-hidden="true" />
    </button>
  );
}
