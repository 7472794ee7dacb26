import { type FormEvent, useId, useState } from 'react';
import type { SwarmNode } from '#shared/domain/node.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { useNodeActions } from './use-node-actions.ts';

export interface RenameDialogProps {
  node: SwarmNode;
  onClose: () => void;
}

/** Another name for a node, as sentences use it. Only the console's own name changes. */
export function RenameDialog({ node, onClose }: RenameDialogProps) {
  const form = useId();
  const [name, setName] = useState(node.name);
  const { rename } = useNodeActions();
  const problem = name.trim() === '' ? 'A node needs a name.' : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem) return;
    if (name.trim() === node.name) onClose();
    else rename.mutate({ node, name: name.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Rename ${visible(node.name)}`}
      description="This is the name that Swarmkeep uses. The machine keeps its own."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={rename.isPending && 'Renaming'}>
            Rename
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextField
          label="Name"
          value={name}
          maxLength={64}
          onChange={(event) => setName(event.target.value)}
          error={problem}
        />
        {rename.isError ? (
          <ErrorState inline {...errorWords(rename.error, 'It could not be renamed.')} />
        ) : null}
      </form>
    </Dialog>
  );
}
