import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextAreaField, TextField } from '../../components/field.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';

/** Longest text of each field, as the contract has it. */
const MOST = 2_048;

/** Say what a direct dependency is there for. It is kept, recorded, and stands in the bill of materials. */
export function DescribeDialog({ entry, onClose }: { entry: DirectDependency; onClose: () => void }) {
  const form = useId();
  const [purpose, setPurpose] = useState(entry.told?.purpose ?? '');
  const [licence, setLicence] = useState(entry.told?.licence ?? '');
  const [risk, setRisk] = useState(entry.told?.risk ?? '');
  const queries = useQueryClient();
  const toast = useToast();
  const renew = () => queries.invalidateQueries({ queryKey: orpc.dependencies.direct.key() });
  const say = useMutation({
    mutationFn: () => client.dependencies.describe({ package: entry.name, purpose, licence, risk }),
    onSuccess: async () => {
      onClose();
      const { purpose: was = '', licence: from = '', risk: before = '' } = entry.told ?? {};
      toast({
        text: `What ${entry.name} is for is written down.`,
        undo: () =>
          void client.dependencies
            .describe({ package: entry.name, purpose: was, licence: from, risk: before })
            .then(renew),
      });
      await renew();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    say.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`What ${visible(entry.name)} is for`}
      description="It is kept for all nodes, recorded, and stands in the bill of materials."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={say.isPending && 'Writing'}>
            Write it down
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextAreaField
          label="Purpose"
          hint="What would no longer work without it?"
          value={purpose}
          maxLength={MOST}
          onChange={(event) => setPurpose(event.target.value)}
        />
        <TextAreaField
          label="Risk, and what limits it"
          hint="What does it read from strangers? What could it reach?"
          value={risk}
          maxLength={MOST}
          onChange={(event) => setRisk(event.target.value)}
        />
        <TextField
          label="Licence"
          hint={entry.licence ? `Its metadata says ${visible(entry.licence)}.` : 'Its metadata does not say.'}
          value={licence}
          maxLength={MOST}
          onChange={(event) => setLicence(event.target.value)}
        />
        {say.isError ? (
          <ErrorState inline {...errorWords(say.error, 'It could not be written down.')} />
        ) : null}
      </form>
    </Dialog>
  );
}
