import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { keepPreviousData, type QueryClientConfig } from '@tanstack/react-query';
import { BRIDGE_NAME, type DesktopBridge } from '#shared/contract/bridge.ts';
import { electronTransport } from './electron.ts';
import { worthRetrying } from './retry.ts';
import type { Transport } from './transport.ts';
import { webTransport } from './web.ts';
import { webSession } from './web-session.ts';

declare global {
  interface Window {
    readonly [BRIDGE_NAME]?: DesktopBridge;
  }
}

/** The way to the console of the shell that this page runs in. */
export const transport: Transport = window[BRIDGE_NAME]
  ? electronTransport(window[BRIDGE_NAME])
  : webTransport(webSession);

/** Every procedure of the contract as a function. */
export const client = transport.client;

/** Query and mutation options for every procedure, for TanStack Query. */
export const orpc = createTanstackQueryUtils(client);

/**
 * How readings behave: they are invalidated by the console's own word ({@link ./use-live.ts}), never by the clock or
 * by a window that came to the front, and a page keeps its last look while it asks anew.
 */
export const QUERY_CLIENT_OPTIONS: QueryClientConfig = {
  defaultOptions: {
    queries: {
      staleTime: 5 * 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      // The connection is to this computer: what the browser thinks of the network does not matter.
      networkMode: 'always',
      retry: worthRetrying,
      retryDelay: (attempt) => Math.min(250 * 2 ** attempt, 4_000),
      placeholderData: keepPreviousData,
    },
    mutations: { networkMode: 'always', retry: false },
  },
};
