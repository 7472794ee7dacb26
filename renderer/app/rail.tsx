import { Link } from '@tanstack/react-router';
import type { Overview } from '#shared/contract/findings.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { Tooltip } from '../components/tooltip.tsx';
import { useLooking } from './looking.ts';
import { NAV_ITEMS, type NavItem } from './nav-items.ts';
import { NodeSwitcher } from './node-switcher.tsx';
import { RailStatus } from './rail-status.tsx';
import { useIsNarrow } from './use-is-narrow.ts';
import './rail.css';

export interface RailProps {
  /** The node that the pages are about; null for all. */
  node: NodeId | null;
  overview: Overview | undefined;
}

/** The left edge of the window: which node, where to go and what waits there, and how things stand. */
export function Rail({ node, overview }: RailProps) {
  const narrow = useIsNarrow();
  const { running } = useLooking(node);
  const empty = overview?.standings.length === 0;
  const waiting = overview ? overview.counts.fix + overview.counts.review : 0;
  return (
    <header className="rail">
      <NodeSwitcher node={node} narrow={narrow} />
      <nav className="rail__nav" aria-label="Pages">
        {NAV_ITEMS.map((item) => (
          <RailLink
            key={item.to}
            item={item}
            node={node}
            narrow={narrow}
            count={item.to === '/checks' ? waiting : 0}
            dim={empty && item.to !== '/setup/{-$node}' && item.to !== '/settings'}
          />
        ))}
      </nav>
      <RailStatus overview={overview} looks={running} narrow={narrow} />
    </header>
  );
}

interface RailLinkProps {
  item: NavItem;
  node: NodeId | null;
  narrow: boolean;
  /** How many things wait for a person there. */
  count: number;
  /** There is nothing to see there before a node was added. */
  dim: boolean;
}

function RailLink({ item, node, narrow, count, dim }: RailLinkProps) {
  const Icon = item.icon;
  const link = (
    <Link
      to={item.to}
      // Setup is about one node: the chosen one, if there is one.
      params={{ node: node ?? undefined }}
      className={dim ? 'rail__link rail__link--dim' : 'rail__link'}
      activeProps={{ className: 'rail__link rail__link--here', 'aria-current': 'page' }}
      activeOptions={{ exact: item.to === '/', includeSearch: false }}
    >
      <Icon aria-hidden="true" />
      <span className="rail__label">{item.label}</span>
      {count > 0 ? (
        <span className="rail__count">
          {count}
          <span className="visually-hidden"> waiting</span>
        </span>
      ) : null}
    </Link>
  );
  return narrow ? (
    <Tooltip text={count > 0 ? `${item.label}, ${count} waiting` : item.label} side="right" immediate>
      {link}
    </Tooltip>
  ) : (
    link
  );
}
