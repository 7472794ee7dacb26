import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';
import { readTarget } from './read-target.ts';

export interface AddSourceDialogProps {
  names: ReadonlyMap<string, string>;
  node: string | null;
  onClose: () => void;
}

/** Follow a file, all files of a pattern, or the journal of a unit. */
export function AddSourceDialog({ names, node, onClose }: AddSourceDialogProps) {
  const form = useId();
  const nodes = useQuery(orpc.nodes.list.queryOptions()).data ?? [];
  const followed = nodes.filter(({ address }) => address.kind !== 'recorded');
  const [on, setOn] = useState(node ?? '');
  const chosen = on || (followed[0]?.id ?? '');
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const queries = useQueryClient();
  const { target, problem } = readTarget(typed);
  const add = useMutation({
    mutationFn: (wanted: AuditSource['target']) => client.audit.addSource({ node: chosen, target: wanted }),
    onSuccess: async (source) => {
      onClose();
      toast({ text: `${source.name} is followed now.` });
      await queries.invalidateQueries({ queryKey: orpc.audit.sources.key() });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (target) add.mutate(target);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Follow another log"
      description="It is only read. Nothing on the node is changed."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={add.isPending && 'Adding'}>
            Follow it
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextField
          label="Path, pattern, or unit"
          mono
          value={typed}
          maxLength={4_096}
          placeholder="/var/log/mycoswarm/*.log"
          hint={
            target
              ? TARGET_WORDS[target.kind]
              : 'A path begins with a slash; * stands for anything in a name; else the name of a unit: nginx.service'
          }
          onChange={(event) => setTyped(event.target.value)}
          error={tried ? problem : null}
        />
        <SelectField
          label="On"
          value={chosen}
          onChange={(event) => setOn(event.target.value)}
          options={followed.map(({ id, name }) => ({ value: id, label: visible(names.get(id) ?? name) }))}
        />
        {add.isError ? <ErrorState inline {...errorWords(add.error, 'It could not be followed.')} /> : null}
      </form>
    </Dialog>
  );
}

const TARGET_WORDS = {
  file: 'One file, also after it is rotated.',
  pattern: 'All files that the pattern names, also those that come later.',
  journal: 'The lines of this unit in the journal of systemd.',
} as const;
