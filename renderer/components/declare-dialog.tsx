import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { DeclarationKind } from '#shared/domain/decision.ts';
import type { TrackedFinding } from '#shared/domain/finding.ts';
import { visible } from '#shared/domain/text.ts';
import { client, orpc } from '../transport/queries.ts';
import { Button } from './button.tsx';
import { DECLARABLE, KIND_WORDS } from './declaration-words.ts';
import { Dialog } from './dialog.tsx';
import { ErrorState, errorWords } from './error-state.tsx';
import { SelectField, TextAreaField, TextField } from './field.tsx';
import { useToast } from './toast.tsx';

/**
 * @returns whether something that the finding speaks of can be declared as meant: the evidence offers it, or the check
 *   knows what kinds of things may be meant
 */
export function canDeclare(finding: TrackedFinding): boolean {
  if (finding.status !== 'fix' && finding.status !== 'review') return false;
  return DECLARABLE[finding.check] !== undefined || offeredChoices(finding).length > 0;
}

export interface DeclareDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  finding: TrackedFinding;
}

interface Choice {
  kind: DeclarationKind;
  value: string;
}

/** "This is meant": what exactly, where it holds, and why. Counts as fine from the next look on. */
export function DeclareDialog({ open, onOpenChange, finding }: DeclareDialogProps) {
  const form = useId();
  const offered = offeredChoices(finding);
  const kinds = DECLARABLE[finding.check] ?? [];
  const [chosen, setChosen] = useState(0);
  const [typed, setTyped] = useState<Choice>({ kind: kinds[0] ?? 'service', value: '' });
  const [everywhere, setEverywhere] = useState(false);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const toast = useToast();
  const queries = useQueryClient();
  const choice = offered[chosen] ?? typed;
  const renew = () => queries.invalidateQueries({ queryKey: orpc.decisions.key() });
  const declare = useMutation({
    mutationFn: async () => {
      const declaration = await client.decisions.declare({
        node: everywhere ? null : finding.node,
        kind: choice.kind,
        value: choice.value.trim(),
        reason: reason.trim(),
      });
      // A declaration counts from the next look on, so look at once.
      await client.looks.start(everywhere ? {} : { nodes: [finding.node] });
      return declaration;
    },
    onSuccess: async (declaration) => {
      onOpenChange(false);
      toast({
        text: 'Noted as meant. Looking again.',
        undo: () => void client.decisions.undeclare({ declaration: declaration.id }).then(renew),
      });
      await renew();
    },
  });
  const reasonProblem = reason.trim().length < 3 ? 'Say in a few words why.' : null;
  const valueProblem = choice.value.trim() === '' ? 'Name exactly what is meant.' : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!reasonProblem && !valueProblem) declare.mutate();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="This is meant"
      description="What you declare counts as fine, is named in the finding, and stays in one list in Settings."
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={declare.isPending && 'Noting'}>
            It is meant
          </Button>
          <Button variant="plain" onClick={() => onOpenChange(false)}>
            Not now
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        {offered.length > 0 ? (
          <SelectField
            label="What"
            value={String(chosen)}
            onChange={(event) => setChosen(Number(event.target.value))}
            options={offered.map((entry, index) => ({
              value: String(index),
              label: `${KIND_WORDS[entry.kind].label}: ${visible(entry.value)}`,
            }))}
          />
        ) : (
          <>
            {kinds.length > 1 ? (
              <SelectField
                label="What"
                value={typed.kind}
                onChange={(event) => {
                  const kind = kinds.find((entry) => entry === event.target.value);
                  if (kind) setTyped({ ...typed, kind });
                }}
                options={kinds.map((kind) => ({ value: kind, label: KIND_WORDS[kind].label }))}
              />
            ) : null}
            <TextField
              label={KIND_WORDS[typed.kind].label}
              hint={`${KIND_WORDS[typed.kind].hint}. It is compared exactly.`}
              mono
              maxLength={1_024}
              value={typed.value}
              onChange={(event) => setTyped({ ...typed, value: event.target.value })}
              error={tried ? valueProblem : null}
            />
          </>
        )}
        <SelectField
          label="Where"
          value={everywhere ? 'all' : 'one'}
          onChange={(event) => setEverywhere(event.target.value === 'all')}
          options={[
            { value: 'one', label: `On ${visible(finding.nodeName)}` },
            { value: 'all', label: 'On every node' },
          ]}
        />
        <TextAreaField
          label="Why"
          value={reason}
          maxLength={2_048}
          onChange={(event) => setReason(event.target.value)}
          error={tried ? reasonProblem : null}
        />
        {declare.isError ? (
          <ErrorState inline {...errorWords(declare.error, 'It could not be noted.')} />
        ) : null}
      </form>
    </Dialog>
  );
}

/** @returns what the evidence itself offers to be declared, each once */
function offeredChoices(finding: TrackedFinding): Choice[] {
  const seen = new Map<string, Choice>();
  for (const { declarable, declarables = [] } of finding.evidence) {
    for (const choice of [...(declarable ? [declarable] : []), ...declarables])
      seen.set(`${choice.kind} ${choice.value}`, choice);
  }
  return [...seen.values()];
}
