import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { SwarmNode } from '#shared/domain/node.ts';
import type { InstanceProfile, ProfileCorrection } from '#shared/domain/profile.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { PROFILE_FIELDS, type ProfileField, readTyped } from './profile-fields.ts';

export interface ProfileDialogProps {
  node: SwarmNode;
  instance: InstanceProfile;
  detected: InstanceProfile | undefined;
  /** All corrections of the node; those of other installations stay as they are. */
  corrections: readonly ProfileCorrection[];
  onClose: () => void;
}

type Typed = Partial<Record<ProfileField, string>>;

/** Correct what was found out about an installation. An empty field goes back to what was found. */
export function ProfileDialog({ node, instance, detected, corrections, onClose }: ProfileDialogProps) {
  const form = useId();
  const present = corrections.find((entry) => entry.instance === instance.id);
  const [typed, setTyped] = useState<Typed>(() =>
    Object.fromEntries(
      PROFILE_FIELDS.map(({ key }) => [key, present?.[key] == null ? '' : String(present[key])]),
    ),
  );
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const queries = useQueryClient();
  const read = PROFILE_FIELDS.map((field) => ({
    ...field,
    typed: readTyped(field.kind, typed[field.key] ?? ''),
  }));
  const wrong = read.some((field) => field.typed.state === 'wrong');
  const renew = () => queries.invalidateQueries({ queryKey: orpc.nodes.key() });
  const save = useMutation({
    mutationFn: async () => {
      const own: Record<string, unknown> = { instance: instance.id };
      for (const { key, typed: value } of read) if (value.state === 'value') own[key] = value.value;
      const others = corrections.filter((entry) => entry.instance !== instance.id);
      const next = Object.keys(own).length > 1 ? [...others, own as ProfileCorrection] : others;
      await client.nodes.correctProfile({ node: node.id, corrections: next });
      // Corrections take effect at the next look, so look at once.
      await client.looks.start({ nodes: [node.id] });
    },
    onSuccess: async () => {
      onClose();
      toast({
        text: 'Noted. Looking again with it.',
        undo: () =>
          void client.nodes.correctProfile({ node: node.id, corrections: [...corrections] }).then(renew),
      });
      await renew();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!wrong) save.mutate();
  };
  return (
    <Dialog
      open
      wide
      onOpenChange={onClose}
      title={`mycoSwarm on ${visible(node.name)}`}
      description="Fill in only what was found wrongly. An empty field stays as found."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={save.isPending && 'Saving'}>
            Save and look again
          </Button>
          <Button variant="plain" onClick={onClose}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} className="profile-form" onSubmit={submit} noValidate>
        {read.map(({ key, label, kind, typed: value }) => {
          const found = detected?.[key];
          return (
            <TextField
              key={key}
              label={label}
              mono
              inputMode={kind === 'port' ? 'numeric' : 'text'}
              value={typed[key] ?? ''}
              placeholder={found === null || found === undefined ? 'not found' : visible(String(found))}
              maxLength={kind === 'path' ? 4_096 : 256}
              onChange={(event) => setTyped((before) => ({ ...before, [key]: event.target.value }))}
              error={tried && value.state === 'wrong' ? value.problem : null}
            />
          );
        })}
        {save.isError ? <ErrorState inline {...errorWords(save.error, 'It could not be saved.')} /> : null}
      </form>
    </Dialog>
  );
}
