import { useMutation } from '@tanstack/react-query';
import { type DragEvent, type FormEvent, useId, useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField } from '../../components/field.tsx';
import { client } from '../../transport/queries.ts';
import { BeforeInstallResult } from './before-install-result.tsx';

/** As the contract has it. */
const MOST = 1_048_576;
const TOO_LONG = 'It is longer than 1 MiB; use swarmkeep dependencies audit --requirements FILE.';

/** Compare requirements before anything of them is installed: a file that is dropped, or lines that are pasted. */
export function BeforeInstallDialog({ onClose }: { onClose: () => void }) {
  const form = useId();
  const [text, setText] = useState('');
  const [fileName, setFileName] = useState('requirements.txt');
  const [problem, setProblem] = useState<string | null>(null);
  const compare = useMutation({ mutationFn: () => client.dependencies.beforeInstall({ fileName, text }) });
  const take = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MOST) return setProblem(TOO_LONG);
    setText(await file.text());
    setFileName(file.name.slice(0, 200));
    setProblem(null);
    compare.reset();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') setProblem('Paste lines such as httpx==0.27.0, or choose a file.');
    else if (text.length > MOST) setProblem(TOO_LONG);
    else compare.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Before you install"
      description="Names, a requirements file, pyproject.toml or a lock. It is read as text; nothing is fetched or run."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={compare.isPending && 'Comparing'}>
            Compare
          </Button>
          <Button variant="plain" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="before-install"
        onSubmit={submit}
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
        noValidate
      >
        <TextAreaField
          label={`Lines of ${visible(fileName)}`}
          hint="Drop a file here, or paste."
          rows={4}
          value={text}
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(null);
          }}
          error={problem}
        />
        <label className={`${buttonClass('outline', true)} before-install__file`}>
          Choose a file
          <input
            type="file"
            className="visually-hidden"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </label>
        {compare.isError ? (
          <ErrorState inline {...errorWords(compare.error, 'It could not be compared.')} />
        ) : null}
      </form>
      {compare.data ? <BeforeInstallResult found={compare.data} /> : null}
    </Dialog>
  );
}
