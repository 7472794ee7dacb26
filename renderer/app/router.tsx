import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import { HomePage } from '../features/home/home-page.tsx';
import { Layout } from './layout.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { OpeningPage } from './opening-page.tsx';
import { PageCrashed } from './page-crashed.tsx';
import { readScope } from './scope.ts';
import {
  readActivitySearch,
  readAuditSearch,
  readChecksSearch,
  readIncidentSearch,
  readPlanSearch,
  readSetupSearch,
  strictly,
} from './search.ts';

const rootRoute = createRootRoute({
  component: Layout,
  notFoundComponent: NotFoundPage,
  validateSearch: readScope,
  // Whoever chose a node keeps it from page to page.
  search: { middlewares: [retainSearchParams(['node'])] },
});

const home = createRoute({ getParentRoute: () => rootRoute, path: '/', component: HomePage });

const setup = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup/{-$node}',
  validateSearch: strictly(readSetupSearch),
  component: lazyRouteComponent(() => import('../features/setup/setup-page.tsx'), 'SetupPage'),
});

const checks = createRoute({
  getParentRoute: () => rootRoute,
  path: '/checks',
  validateSearch: strictly(readChecksSearch),
  component: lazyRouteComponent(() => import('../features/checks/checks-page.tsx'), 'ChecksPage'),
});

const nodes = createRoute({
  getParentRoute: () => rootRoute,
  path: '/nodes',
  component: lazyRouteComponent(() => import('../features/nodes/nodes-page.tsx'), 'NodesPage'),
});

const secrets = createRoute({
  getParentRoute: () => rootRoute,
  path: '/secrets',
  component: lazyRouteComponent(() => import('../features/secrets/secrets-page.tsx'), 'SecretsPage'),
});

const settings = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
});

const plan = createRoute({
  getParentRoute: () => rootRoute,
  path: '/plan',
  validateSearch: strictly(readPlanSearch),
  component: lazyRouteComponent(() => import('../features/fixes/plan-page.tsx'), 'PlanPage'),
});

const change = createRoute({
  getParentRoute: () => rootRoute,
  path: '/change/$change',
  component: lazyRouteComponent(() => import('../features/fixes/change-page.tsx'), 'ChangePage'),
});

const activity = createRoute({
  getParentRoute: () => rootRoute,
  path: '/activity',
  validateSearch: strictly(readActivitySearch),
  component: lazyRouteComponent(() => import('../features/activity/activity-page.tsx'), 'ActivityPage'),
});

const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: strictly(readAuditSearch),
  component: lazyRouteComponent(() => import('../features/audit/audit-page.tsx'), 'AuditPage'),
});

const dependencies = createRoute({
  getParentRoute: () => rootRoute,
  path: '/dependencies',
  component: lazyRouteComponent(
    () => import('../features/dependencies/dependencies-page.tsx'),
    'DependenciesPage',
  ),
});

const incident = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incident',
  validateSearch: strictly(readIncidentSearch),
  component: lazyRouteComponent(() => import('../features/incident/incident-page.tsx'), 'IncidentPage'),
});

const routeTree = rootRoute.addChildren([
  home,
  setup,
  checks,
  nodes,
  secrets,
  settings,
  audit,
  dependencies,
  incident,
  plan,
  change,
  activity,
]);

/**
 * All pages. The address is kept behind the hash: both shells serve one document and refuse every other path, so a
 * reload comes back to the same page without either of them knowing the routes.
 */
export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingMs: 400,
  defaultPendingComponent: OpeningPage,
  defaultErrorComponent: PageCrashed,
  // The list of the log puts itself where it belongs: a place that was remembered of another list is none of this one.
  scrollRestoration: ({ location }) => location.pathname !== '/audit',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** Another number each time that a link asks for an event: the same one may be asked for again. */
    asked?: number;
  }
}
