import {
  History,
  House,
  KeyRound,
  LifeBuoy,
  ListChecks,
  type LucideIcon,
  Network,
  Package,
  ScrollText,
  Settings2,
  ShieldCheck,
} from 'lucide-react';

/** One page in the rail; `key` is pressed after `g`. */
export interface NavItem {
  to:
    | '/'
    | '/setup/{-$node}'
    | '/checks'
    | '/audit'
    | '/incident'
    | '/dependencies'
    | '/secrets'
    | '/nodes'
    | '/activity'
    | '/settings';
  label: string;
  icon: LucideIcon;
  key: string;
}

/** The rail, from top to bottom. */
export const NAV_ITEMS: readonly NavItem[] = [
  { to: '/', label: 'Home', icon: House, key: 'h' },
  { to: '/setup/{-$node}', label: 'Setup', icon: ListChecks, key: 's' },
  { to: '/checks', label: 'Checks', icon: ShieldCheck, key: 'c' },
  { to: '/audit', label: 'Audit', icon: ScrollText, key: 'a' },
  { to: '/incident', label: 'Incident', icon: LifeBuoy, key: 'i' },
  { to: '/dependencies', label: 'Dependencies', icon: Package, key: 'd' },
  { to: '/secrets', label: 'Secrets', icon: KeyRound, key: 'e' },
  { to: '/nodes', label: 'Nodes', icon: Network, key: 'n' },
  { to: '/activity', label: 'Activity', icon: History, key: 'y' },
  { to: '/settings', label: 'Settings', icon: Settings2, key: ',' },
];
