import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { visible } from '#shared/domain/text.ts';
import { SampleMark } from '../components/sample-mark.tsx';
import { SkipLink } from '../components/skip-link.tsx';
import { orpc } from '../transport/queries.ts';
import { useConnection, useLive } from '../transport/use-live.ts';
import { ConnectionNote } from './connection-note.tsx';
import { Keys } from './keys.tsx';
import { NAV_ITEMS } from './nav-items.ts';
import { NoSessionPage } from './no-session-page.tsx';
import { NoticeToast } from './notice-toast.tsx';
import { PauseNote } from './pause-note.tsx';
import { Rail } from './rail.tsx';
import { useScope } from './scope.ts';
import { applyTheme } from './theme.ts';
import { Unconfirmed } from './unconfirmed.tsx';
import './layout.css';

/** The window: rail on the left, one page on the right, and what belongs to every page. */
export function Layout() {
  const connection = useConnection();
  if (connection.kind === 'no-session') return <NoSessionPage reason={connection.reason} />;
  return <House />;
}

function House() {
  useLive();
  useTheme();
  const node = useScope();
  const overview = useQuery(orpc.findings.overview.queryOptions({ input: { node } }));
  const sentence = overview.data?.sentence;
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    document.title = [pageName(path), sentence && visible(sentence), 'Swarmkeep'].filter(Boolean).join(' · ');
  }, [sentence, path]);
  const main = useFocusOnPageChange();
  const standings = overview.data?.standings ?? [];
  const sample = standings.find((standing) => standing.sample);

  return (
    <div className="layout">
      <SkipLink />
      <Rail node={node} overview={overview.data} />
      <main id="page" className="layout__page" ref={main} tabIndex={-1}>
        <ConnectionNote />
        <PauseNote />
        <Unconfirmed />
        {sample ? <SampleMark name={standings.length > 1 ? sample.nodeName : undefined} /> : null}
        <Outlet />
      </main>
      <Keys />
      <NoticeToast />
    </div>
  );
}

/** @returns the name of a page as the rail gives it; null for Home, which is the sentence itself */
function pageName(path: string): string | null {
  const first = `/${path.split('/')[1] ?? ''}`;
  if (first === '/') return null;
  return NAV_ITEMS.find(({ to }) => to === first || to.startsWith(`${first}/`))?.label ?? null;
}

/** Keeps the theme as the settings say; until they are read, the remembered one stays. */
function useTheme(): void {
  const { data } = useQuery(orpc.settings.get.queryOptions());
  const theme = data?.theme;
  useEffect(() => {
    if (theme) applyTheme(theme);
  }, [theme]);
}

/** Moves focus to the page after a move by link or key, so that screen readers and Tab begin there. */
function useFocusOnPageChange() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string>(undefined);
  useEffect(() => {
    if (before.current !== undefined && path !== undefined && before.current !== path) {
      main.current?.focus({ preventScroll: true });
    }
    before.current = path ?? before.current;
  }, [path]);
  return main;
}
