import { type FormEvent, useId, useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField } from '../../components/field.tsx';
import { useToast } from '../../components/toast.tsx';
import { useCheckAgainst } from './use-verification.ts';

/** Most that a checkpoint has, as the contract bounds it. */
const LONGEST = 16_384;

/** Paste a checkpoint that was kept elsewhere: the whole record is verified against it. */
export function CheckAgainstDialog({ onClose }: { onClose: () => void }) {
  const form = useId();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const check = useCheckAgainst((result) => {
    onClose();
    toast({ text: visible(result.sentence), problem: !result.verified });
  });
  const missing = text.trim() === '' ? 'Paste the lines that you kept.' : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    // The last line feed belongs to the signed text, and is easily lost on the way.
    if (!missing) check.mutate(`${text.replace(/\r\n/g, '\n').replace(/\n*$/, '')}\n`);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      wide
      title="Check against a saved checkpoint"
      description="Whatever was changed, taken out or put in since that checkpoint was saved comes to light, even when somebody made new checkpoints here."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={check.isPending && 'Checking'}>
            Check
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextAreaField
          label="The checkpoint, all of its lines"
          rows={7}
          value={text}
          maxLength={LONGEST}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          error={tried ? missing : null}
        />
        {check.isError ? (
          <ErrorState inline {...errorWords(check.error, 'It could not be checked.')} />
        ) : null}
      </form>
    </Dialog>
  );
}
