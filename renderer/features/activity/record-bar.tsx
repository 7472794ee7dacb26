import { useId, useState } from 'react';
import type { ActivityState } from '#shared/contract/activity.ts';
import { Button } from '../../components/button.tsx';
import { Unfold } from '../../components/disclosure.tsx';
import { CheckAgainstDialog } from './check-against-dialog.tsx';
import { CheckpointDialog } from './checkpoint-dialog.tsx';
import { HowToCheck } from './how-to-check.tsx';
import type { Verifying } from './use-verification.ts';

/** Under the sentence: what can be kept elsewhere, checked against, and verified anew; and how anybody else can check. */
export function RecordBar({ state, verifying }: { state: ActivityState; verifying: Verifying }) {
  const [dialog, setDialog] = useState<'save' | 'check' | null>(null);
  const [shown, setShown] = useState(false);
  const facts = useId();
  return (
    <section className="record" aria-label="The record">
      <div className="record__buttons">
        <Button variant="filled" onClick={() => setDialog('save')}>
          Save a checkpoint…
        </Button>
        <Button onClick={() => setDialog('check')}>Check against a saved one…</Button>
        <Button variant="plain" running={verifying.running && 'Verifying'} onClick={verifying.verify}>
          Verify now
        </Button>
        <Button
          variant="plain"
          aria-expanded={shown}
          aria-controls={facts}
          onClick={() => setShown((before) => !before)}
        >
          How others can check it
        </Button>
      </div>
      <Unfold open={shown} id={facts}>
        {shown ? <HowToCheck state={state} /> : null}
      </Unfold>
      {dialog === 'save' ? <CheckpointDialog onClose={() => setDialog(null)} /> : null}
      {dialog === 'check' ? <CheckAgainstDialog onClose={() => setDialog(null)} /> : null}
    </section>
  );
}
