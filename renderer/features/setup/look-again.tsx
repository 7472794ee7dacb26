import type { CheckId } from '#shared/domain/check-id.ts';
import type { Looking } from '../../app/looking.ts';
import { Button, type ButtonVariant } from '../../components/button.tsx';
import { lookInWords } from '../../components/look-progress.tsx';
import './look-again.css';

export interface LookAgainProps {
  check: CheckId;
  looking: Looking;
  variant: ButtonVariant;
}

/** Look at this one thing again. While it runs, Cancel stands beside it and the present step after it. */
export function LookAgain({ check, looking, variant }: LookAgainProps) {
  const [look] = looking.running;
  return (
    <>
      <Button
        variant={variant}
        running={(look || looking.starting) && 'Checking'}
        onClick={() => looking.start([check])}
      >
        Look again
      </Button>
      {look ? (
        <>
          <Button variant="plain" onClick={() => looking.cancel(look.look)}>
            Cancel
          </Button>
          <span className="look-again__words">{lookInWords(look)}</span>
        </>
      ) : null}
    </>
  );
}
