import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { BRIDGE_NAME, type BridgePage } from '#shared/contract/bridge.ts';
import { NAV_ITEMS, type NavItem } from './nav-items.ts';
import { useScope } from './scope.ts';
import { usePause } from './use-pause.ts';

const KeysDialog = lazy(() => import('./keys-dialog.tsx').then((module) => ({ default: module.KeysDialog })));
const Palette = lazy(() =>
  import('../features/palette/palette.tsx').then((module) => ({ default: module.Palette })),
);

const GO_MS = 1_200;

/** Keys that work on every page, what they open, and what the desktop's menu and tray ask for. */
export function Keys() {
  const [open, setOpen] = useState<'keys' | 'palette' | null>(null);
  const goTo = useGoTo();
  const going = useRef(0);
  const { pause } = usePause();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen((now) => (now === 'palette' ? null : 'palette'));
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"], [role="menu"]')) return;
      if (event.key === 'P') {
        event.preventDefault();
        if (!event.repeat && !pause.isPending) pause.mutate();
        return;
      }
      if (event.key === '?') {
        event.preventDefault();
        setOpen('keys');
      } else if (event.key === 'g') {
        going.current = event.timeStamp;
      } else if (event.timeStamp - going.current < GO_MS) {
        going.current = Number.NEGATIVE_INFINITY;
        if (event.key === 'k') {
          // Only goes there: keeping is pressed on purpose.
          document.querySelector<HTMLElement>('[data-keep]')?.focus();
          return;
        }
        const item = NAV_ITEMS.find(({ key }) => key === event.key);
        if (!item) return;
        event.preventDefault();
        goTo(item.to);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [goTo, pause]);

  useEffect(
    () =>
      window[BRIDGE_NAME]?.onOpenPage((page: BridgePage) => {
        if (page === 'palette' || page === 'keys') setOpen(page);
        else goTo(PAGES[page]);
      }),
    [goTo],
  );

  const close = () => setOpen(null);
  return (
    <Suspense fallback={null}>
      {open === 'keys' ? <KeysDialog onClose={close} /> : null}
      {open === 'palette' ? <Palette onClose={close} onShowKeys={() => setOpen('keys')} /> : null}
    </Suspense>
  );
}

const PAGES = {
  home: '/',
  setup: '/setup/{-$node}',
  checks: '/checks',
  nodes: '/nodes',
  settings: '/settings',
} as const;

/** @returns a function that opens a page and keeps the chosen node */
function useGoTo(): (to: NavItem['to']) => void {
  const navigate = useNavigate();
  const node = useScope();
  return useCallback((to) => void navigate({ to, params: { node: node ?? undefined } }), [navigate, node]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
