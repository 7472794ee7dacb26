import { useRouterState } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { Waiting } from '../components/waiting.tsx';

export interface RedirectProps {
  /** The path from which it leads on: `/setup/boa`. */
  from: string;
  /** Navigates to where the operator should be, replacing the present address. */
  go: () => void;
}

/**
 * Leads on from a path that has nothing to show, whenever the newest address is that path. A redirect that is made once
 * leaves the window empty for whoever comes back before the next page has been loaded, and one that is made late takes
 * whoever has gone elsewhere with it.
 */
export function Redirect({ from, go }: RedirectProps) {
  const here = useRouterState({ select: (state) => state.location.pathname === from });
  const lead = useEffectEvent(go);
  useEffect(() => {
    if (here) lead();
  }, [here]);
  return <Waiting />;
}
