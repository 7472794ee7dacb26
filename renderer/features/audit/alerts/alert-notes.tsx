import { type FormEvent, useId, useState } from 'react';
import type { Alert } from '#shared/domain/audit/alert.ts';
import { visibleLines } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { TextAreaField } from '../../../components/field.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { useAlertActions } from './use-alert-actions.ts';

/** What somebody wrote about an alert, a place to write, and the way to silence what is like it. */
export function AlertNotes({ alert, onSilence }: { alert: Alert; onSilence?: () => void }) {
  const form = useId();
  const [writing, setWriting] = useState(false);
  const [text, setText] = useState('');
  const { note } = useAlertActions(alert);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return setWriting(false);
    note.mutate(text.trim(), {
      onSuccess: () => {
        setText('');
        setWriting(false);
      },
    });
  };
  return (
    <div className="alert-notes">
      {alert.notes.length > 0 ? (
        <ul aria-label="Notes">
          {alert.notes.map((entry) => (
            <li key={entry.at}>
              <p>{visibleLines(entry.text)}</p>
              <span className="alert-notes__at">
                <RelativeTime at={entry.at} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {writing ? (
        <form id={form} onSubmit={submit}>
          <TextAreaField
            label="Note"
            hideLabel
            rows={2}
            autoFocus
            placeholder="What you found out, for later"
            value={text}
            maxLength={2_048}
            onChange={(event) => setText(event.target.value)}
          />
          <div className="alert-notes__buttons">
            <Button small type="submit" running={note.isPending && 'Keeping'}>
              Keep the note
            </Button>
            <Button small variant="plain" onClick={() => setWriting(false)}>
              Not now
            </Button>
          </div>
        </form>
      ) : (
        <div className="alert-notes__links">
          {onSilence ? (
            <Button variant="link" onClick={onSilence}>
              Silence…
            </Button>
          ) : null}
          <Button variant="link" onClick={() => setWriting(true)}>
            Write a note
          </Button>
        </div>
      )}
    </div>
  );
}
