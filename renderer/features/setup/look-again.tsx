import type { LookState } from '#shared/contract/looks.ts';
import type { CheckId } from '#shared/domain/check-id.ts';
import type { Looking } from '../../app/looking.ts';
import { Button, type ButtonVariant } from '../../components/button.tsx';
import { lookInWords } from '../../components/look-progress.tsx';

export interface LookAgainProps {
  check: CheckId;
  looking: Looking;
  variant: ButtonVariant;
}

/** Look at this one thing again. While it runs, Cancel stands beside it and how far it is stands in the button. */
export function LookAgain({ check, looking, variant }: LookAgainProps) {
  const [look] = looking.running;
  return (
    <>
      <Button
        variant={variant}
        running={look ? place(look) : looking.starting && 'Checking'}
        title={look ? lookInWords(look) : undefined}
        onClick={() => looking.start([check])}
      >
        Look again
      </Button>
      {look ? (
        <Button variant="plain" onClick={() => looking.cancel(look.look)}>
          Cancel
        </Button>
      ) : null}
    </>
  );
}

function place(look: LookState): string {
  return look.subjectsTotal > 0 ? `${look.subjectsDone} of ${look.subjectsTotal}` : 'Checking';
}
