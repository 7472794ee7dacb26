import { useState } from 'react';
import { catalogueEntry } from '#shared/domain/check-catalogue.ts';
import { CHECK_IDS, type CheckId } from '#shared/domain/check-id.ts';
import type { FollowUp } from '#shared/domain/incident/follow-up.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/field.tsx';

export type FollowUpWords = Pick<FollowUp, 'words' | 'check' | 'owner' | 'due'>;

export interface FollowUpFormProps {
  /** As it is; null for a new one. */
  start: FollowUp | null;
  busy: boolean;
  onSave: (words: FollowUpWords) => void;
  onLeave: () => void;
}

/** One sentence is enough; who and until when help it to happen. */
export function FollowUpForm({ start, busy, onSave, onLeave }: FollowUpFormProps) {
  const [words, setWords] = useState(start?.words ?? '');
  const [owner, setOwner] = useState(start?.owner ?? '');
  const [due, setDue] = useState(start?.due ?? '');
  const [check, setCheck] = useState<string>(start?.check ?? '');
  const [asked, setAsked] = useState(false);
  return (
    <form
      className="follow-up-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (words.trim() === '') return setAsked(true);
        onSave({
          words: words.trim(),
          owner: owner.trim(),
          due: due === '' ? null : due,
          check: CHECK_IDS.find((id) => id === check) ?? null,
        });
      }}
    >
      <TextField
        label="What will change"
        maxLength={512}
        value={words}
        error={asked && words.trim() === '' ? 'One sentence is enough.' : null}
        onChange={(event) => setWords(event.target.value)}
      />
      <div className="follow-up-form__more">
        <TextField
          label="Who sees to it"
          maxLength={256}
          value={owner}
          onChange={(event) => setOwner(event.target.value)}
        />
        <TextField label="Until" type="date" value={due} onChange={(event) => setDue(event.target.value)} />
        <SelectField
          label="Control it belongs to"
          value={check}
          onChange={(event) => setCheck(event.target.value)}
          options={[
            { value: '', label: 'None' },
            ...CHECK_IDS.map((id: CheckId) => ({ value: id, label: catalogueEntry(id).title })),
          ]}
        />
      </div>
      <div className="step-panel__buttons">
        <Button type="submit" running={busy && 'Noting'}>
          Keep it
        </Button>
        <Button variant="plain" onClick={onLeave}>
          Not now
        </Button>
      </div>
    </form>
  );
}
