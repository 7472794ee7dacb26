import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from '#shared/contract/findings.ts';
import { countsInWords, waitingOf } from '#shared/domain/counting.ts';
import type { NodeId } from '#shared/domain/node.ts';
import { Tooltip } from '../components/tooltip.tsx';
import { orpc } from '../transport/queries.ts';
import { useLooking } from './looking.ts';
import { NAV_ITEMS, type NavItem } from './nav-items.ts';
import { NodeSwitcher } from './node-switcher.tsx';
import { PauseBrake } from './pause-brake.tsx';
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
  const newAlerts =
    useQuery(orpc.audit.state.queryOptions({ enabled: overview !== undefined })).data?.newAlerts ?? 0;
  const openIncidents =
    useQuery(orpc.incidents.list.queryOptions({ input: {}, enabled: overview !== undefined, retry: false }))
      .data?.open ?? [];
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
            waiting={waitingAt(item, overview, newAlerts, openIncidents.length)}
            dim={
              empty && openIncidents.length === 0 && item.to !== '/setup/{-$node}' && item.to !== '/settings'
            }
          />
        ))}
      </nav>
      <PauseBrake narrow={narrow} dim={empty ?? true} />
      <RailStatus overview={overview} looks={running} incidents={openIncidents} narrow={narrow} />
    </header>
  );
}

interface RailLinkProps {
  item: NavItem;
  node: NodeId | null;
  narrow: boolean;
  /** What waits for a person there. */
  waiting: Waiting;
  /** There is nothing to see there before a node was added. */
  dim: boolean;
}

function RailLink({ item, node, narrow, waiting, dim }: RailLinkProps) {
  const Icon = item.icon;
  const { count, words } = waiting;
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

interface Waiting {
  count: number;
  words: string;
}

/** What waits for a person on a page: a number, and what it is made of: `11 to fix and 2 to review`. */
function waitingAt(
  { to }: NavItem,
  overview: Overview | undefined,
  newAlerts: number,
  incidents: number,
): Waiting {
  if (to === '/incident')
    return { count: incidents, words: `${incidents} open ${incidents === 1 ? 'incident' : 'incidents'}` };
  if (to === '/checks' && overview) {
    const { counts } = overview;
    return { count: waitingOf(counts), words: countsInWords(counts, ['fix', 'review']).join(' and ') };
  }
  if (to === '/audit')
    return { count: newAlerts, words: `${newAlerts} new ${newAlerts === 1 ? 'alert' : 'alerts'}` };
  return { count: 0, words: '' };
}
