import { useState } from 'react';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField } from '../../components/field.tsx';
import type { IncidentActions } from './use-incident.ts';

export interface FalseAlarmDialogProps {
  incident: Incident;
  /** Words that were written already. */
  reason: string;
  /** Something is shut off now. */
  held: boolean;
  actions: IncidentActions;
  onLeave: () => void;
}

/** Nothing happened, and why: what was shut off is opened first, and the report says that it was none. */
export function FalseAlarmDialog({ incident, reason, held, actions, onLeave }: FalseAlarmDialogProps) {
  const [words, setWords] = useState(reason);
  const [asked, setAsked] = useState(false);
  const { move } = actions;
  const name = visible(incident.name);
  const say = () => {
    if (words.trim() === '') return setAsked(true);
    move.mutate({ kind: 'false-alarm', words: words.trim() }, { onSuccess: onLeave });
  };
  return (
    <Dialog
      open
      onOpenChange={onLeave}
      title="It was a false alarm"
      description={
        held
          ? `${name} is still shut off. You open it next, and you are asked once more before that; then the incident can be closed. No step that is left has to be done.`
          : 'The steps that are left are written down as not needed, and the incident is closed. It stays in the record, and can be opened again.'
      }
      actions={
        <>
          <Button variant="filled" running={move.isPending && 'Noting'} onClick={say}>
            {held ? 'Yes, open it next' : 'Yes, close it'}
          </Button>
          <Button onClick={onLeave}>Not sure yet</Button>
        </>
      }
    >
      <TextAreaField
        label="How do you know"
        maxLength={2_048}
        value={words}
        error={
          asked && words.trim() === ''
            ? 'One sentence is enough: whoever reads this later was not there.'
            : null
        }
        onChange={(event) => setWords(event.target.value)}
      />
      {move.error ? <ErrorState inline {...errorWords(move.error, 'It was not written down.')} /> : null}
    </Dialog>
  );
}
