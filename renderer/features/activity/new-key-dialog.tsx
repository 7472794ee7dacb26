import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField } from '../../components/field.tsx';
import { client, orpc } from '../../transport/queries.ts';

/** The key that signs is gone: go on with a new one, which the record says for ever, with the reason. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const form = useId();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const queries = useQueryClient();
  const replace = useMutation({
    mutationFn: () => client.activity.replaceKey({ reason: reason.trim() }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: orpc.activity.key() });
      onClose();
    },
  });
  const problem = reason.trim().length < 3 ? 'Say in a few words what became of the former key.' : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem) replace.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Go on with a new key"
      description="The record says from then on that another key signs, and why. Checkpoints that you kept elsewhere stay good for what was before."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={replace.isPending && 'Going on'}>
            Go on with a new key
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextAreaField
          label="What became of the former key"
          value={reason}
          maxLength={2_048}
          onChange={(event) => setReason(event.target.value)}
          error={tried ? problem : null}
        />
        {replace.isError ? (
          <ErrorState inline {...errorWords(replace.error, 'A new key could not be taken.')} />
        ) : null}
      </form>
    </Dialog>
  );
}
