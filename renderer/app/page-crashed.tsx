import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button } from '../components/button.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Page } from '../components/page-header.tsx';

/** Shown in place of a page whose code failed; the rest of the window goes on. */
export function PageCrashed({ error, reset }: ErrorComponentProps) {
  return (
    <Page>
      <ErrorState
        what="This page could not be shown."
        untouched="Nothing on your nodes was changed, and the console goes on looking."
        next="Try once more. If it happens again, the line below says where."
        code={error instanceof Error ? error.message : String(error)}
        action={
          <Button variant="filled" onClick={reset}>
            Try once more
          </Button>
        }
      />
    </Page>
  );
}
