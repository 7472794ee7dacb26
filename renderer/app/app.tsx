import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { ToastProvider } from '../components/toast.tsx';
import { QUERY_CLIENT_OPTIONS } from '../transport/queries.ts';
import { router } from './router.tsx';

/** Providers around the routes: readings, short messages, the router. */
export function App() {
  const [queries] = useState(() => new QueryClient(QUERY_CLIENT_OPTIONS));
  return (
    <QueryClientProvider client={queries}>
      <ToastProvider>
        <RouterProvider router={router} />
      </ToastProvider>
    </QueryClientProvider>
  );
}
