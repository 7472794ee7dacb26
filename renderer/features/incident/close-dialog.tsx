import { useState } from 'react';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { stepText } from '#shared/domain/incident/incident-words.ts';
import { isSettled } from '#shared/domain/incident/phases.ts';
import { visible } from '#shared/domain/text.ts';
import { listed } from '#shared/domain/words.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextAreaField } from '../../components/field.tsx';
import type { IncidentActions } from './use-incident.ts';

export interface CloseDialogProps {
  incident: Incident;
  /** Words that were written already. */
  reason: string;
  actions: IncidentActions;
  onLeave: () => void;
}

/** Ends an incident, with a sentence; steps that are left are skipped by name and with a reason. */
export function CloseDialog({ incident, reason, actions, onLeave }: CloseDialogProps) {
  const left = incident.steps.filter((step) => !isSettled(step));
  const [words, setWords] = useState(reason);
  const [asked, setAsked] = useState(false);
  const { move } = actions;
  const close = () => {
    if (words.trim() === '') return setAsked(true);
    const rest = left.length > 0 ? words.trim() : null;
    move.mutate({ kind: 'close', words: words.trim(), rest }, { onSuccess: onLeave });
  };
  return (
    <Dialog
      open
      onOpenChange={onLeave}
      title={`Close incident ${incident.number}`}
      description={
        left.length === 0
          ? 'It stays in the list and in the record, and can be opened again.'
          : `These steps are left and are written down as skipped: ${visible(
              listed(
                left.map(({ step }) => stepText(incident, step).title),
                4,
                'step',
              ),
            )}.`
      }
      actions={
        <>
          <Button variant="filled" running={move.isPending && 'Closing'} onClick={close}>
            Close it
          </Button>
          <Button onClick={onLeave}>Not yet</Button>
        </>
      }
    >
      <TextAreaField
        label={left.length === 0 ? 'How it ended' : 'How it ended, and why the rest need not be done'}
        maxLength={2_048}
        value={words}
        error={asked && words.trim() === '' ? 'One sentence is enough.' : null}
        onChange={(event) => setWords(event.target.value)}
      />
    </Dialog>
  );
}
