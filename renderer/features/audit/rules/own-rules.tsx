import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OwnRules } from '#shared/domain/audit/own-rules.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { TextAreaField } from '../../../components/field.tsx';
import { StatusWord } from '../../../components/status.tsx';
import { count } from '../../../components/time-words.ts';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';
import { AddRulesDialog } from './add-rules-dialog.tsx';

/** Files that are drawn before somebody asks for all: those with something wrong come first. */
const FIRST = 12;

type OwnFile = OwnRules['files'][number];

/** Rules that the operator added: what is wrong with them, and the values that some of them wait for. */
export function OwnRulesPart() {
  const { data, error } = useQuery(orpc.audit.ownRules.queryOptions());
  const [adding, setAdding] = useState(false);
  const [all, setAll] = useState(false);
  const files = data?.files ?? [];
  const shown = all ? files : files.slice(0, FIRST);
  return (
    <section className="rules__group" aria-label="Your own rules">
      <div className="rules__own">
        <h3>
          Your own rules{' '}
          {data && files.length > 0 ? (
            <span className="quiet">{count(files.length + data.more, 'file')}</span>
          ) : null}
        </h3>
        <Button variant="plain" onClick={() => setAdding(true)}>
          Add rules
        </Button>
      </div>
      {error && !data ? <ErrorState inline {...errorWords(error, 'They could not be read.')} /> : null}
      {data && files.length === 0 ? (
        <p className="quiet">None yet. Sigma rules of your own, or of SigmaHQ, work here as they are.</p>
      ) : null}
      {(data?.placeholders ?? [])
        .toSorted((a, b) => b.waiting - a.waiting)
        .map((placeholder) => (
          <PlaceholderRow key={placeholder.name} placeholder={placeholder} />
        ))}
      <ul>
        {shown.map((file) => (
          <FileRow key={file.name} file={file} />
        ))}
      </ul>
      {files.length > shown.length ? (
        <Button variant="link" onClick={() => setAll(true)}>
          {count(files.length - shown.length, 'more file')}
        </Button>
      ) : null}
      {adding ? <AddRulesDialog onClose={() => setAdding(false)} /> : null}
    </section>
  );
}

function FileRow({ file }: { file: OwnFile }) {
  const queries = useQueryClient();
  const toast = useToast();
  const renew = () => queries.invalidateQueries({ queryKey: orpc.audit.key() });
  const failed = (error: unknown) =>
    toast({ text: errorWords(error, 'The rules could not be changed.').what, problem: true });
  const remove = useMutation({
    mutationFn: () => client.audit.removeRules({ name: file.name }),
    onSuccess: async (removed) => {
      toast({
        text: `The rules of ${removed.name} are no longer in force.`,
        undo: () => void client.audit.addRules({ files: [removed] }).then(renew, failed),
      });
      await renew();
    },
    onError: failed,
  });
  const { inForce, faults, waitsFor } = file;
  const status = faults.length > 0 ? 'review' : waitsFor.length > 0 ? 'unknown' : 'pass';
  const word =
    faults.length > 0 ? 'left out in part' : waitsFor.length > 0 ? 'waits for a value' : 'in force';
  return (
    <li className="rules__file">
      <StatusWord status={status}>{inForce === 0 && faults.length > 0 ? 'not used' : word}</StatusWord>
      <span className="rules__what">
        <code>{visible(file.name)}</code>
        {faults.map((fault) => (
          <span key={fault} className="quiet">
            {visible(fault)}
          </span>
        ))}
        {waitsFor.length > 0 ? (
          <span className="quiet">
            Needs values for {waitsFor.map((name) => `%${visible(name)}%`).join(', ')}
          </span>
        ) : null}
      </span>
      <span className="rules__aside">
        <span>{count(inForce, 'rule')}</span>
      </span>
      {file.removable ? (
        <Button
          variant="link"
          aria-label={`Remove ${visible(file.name)}`}
          running={remove.isPending && 'Removing'}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      ) : (
        <span className="quiet">put there by hand</span>
      )}
    </li>
  );
}

function PlaceholderRow({ placeholder }: { placeholder: OwnRules['placeholders'][number] }) {
  const { name, values, waiting } = placeholder;
  const kept = values.join('\n');
  const [typed, setTyped] = useState(kept);
  const queries = useQueryClient();
  const set = useMutation({
    mutationFn: () =>
      client.audit.setRuleValues({
        name,
        values: [...new Set(typed.split('\n').map((line) => line.trim()))].filter((line) => line !== ''),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: orpc.audit.key() }),
  });
  return (
    <div className="rules__value">
      <TextAreaField
        label={
          <>
            <code>%{visible(name)}%</code>{' '}
            {waiting > 0
              ? `${count(waiting, 'rule')} ${waiting === 1 ? 'waits' : 'wait'} for its values`
              : 'is filled in'}
          </>
        }
        hint="What stands for it on your machines, one to a line; * for anything."
        rows={Math.min(6, Math.max(2, typed.split('\n').length))}
        value={typed}
        maxLength={100_000}
        onChange={(event) => setTyped(event.target.value)}
      />
      {typed.trim() === kept.trim() ? null : (
        <Button variant="plain" running={set.isPending && 'Saving'} onClick={() => set.mutate()}>
          Use these values
        </Button>
      )}
      {set.isError ? <ErrorState inline {...errorWords(set.error, 'The values could not be kept.')} /> : null}
    </div>
  );
}
