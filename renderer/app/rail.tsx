import { Link } from '@tanstack/react-router';
import type { Counts, Overview } from '#shared/contract/findings.ts';
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
            waiting={item.to === '/checks' && overview ? overview.counts : undefined}
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
  /** What waits for a person there. */
  waiting: Pick<Counts, 'fix' | 'review'> | undefined;
  /** There is nothing to see there before a node was added. */
  dim: boolean;
}

function RailLink({ item, node, narrow, waiting, dim }: RailLinkProps) {
  const Icon = item.icon;
  const count = waiting ? waiting.fix + waiting.review : 0;
  const words = waiting ? waitingInWords(waiting) : '';
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
        <span className="rail__count" title={words}>
          <span aria-hidden="true">{count}</span>
          <span className="visually-hidden">{words}</span>
        </span>
      ) : null}
    </Link>
  );
  return narrow ? (
    <Tooltip text={count > 0 ? `${item.label}: ${words}` : item.label} side="right" immediate>
      {link}
    </Tooltip>
  ) : (
    link
  );
}

/** What the number in the rail is made of: `11 to fix and 2 to review`. */
function waitingInWords({ fix, review }: Pick<Counts, 'fix' | 'review'>): string {
  return [fix > 0 && `${fix} to fix`, review > 0 && `${review} to review`].filter(Boolean).join(' and ');
}
