import { lazy, Suspense } from 'react';
import { useApplied } from '../transport/use-live.ts';

const UnconfirmedStrip = lazy(() =>
  import('../components/fixes/unconfirmed-strip.tsx').then((module) => ({
    default: module.UnconfirmedStrip,
  })),
);

/** The strip of changes that wait to be kept. Its code is fetched with the first such change. */
export function Unconfirmed() {
  const waiting = useApplied().filter((change) => change.state === 'unconfirmed');
  if (waiting.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <UnconfirmedStrip changes={waiting} />
    </Suspense>
  );
}
