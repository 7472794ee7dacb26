import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Bookmark, BookmarkPlus, Trash2 } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { TextField } from '../../../components/field.tsx';
import { Menu } from '../../../components/menu.tsx';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';

export interface SavedSearchesProps {
  query: string;
  onQuery: (query: string) => void;
}

/** Searches that were kept, and the present one to keep. */
export function SavedSearches({ query, onQuery }: SavedSearchesProps) {
  const [keeping, setKeeping] = useState(false);
  const queries = useQueryClient();
  const toast = useToast();
  const saved = useQuery(orpc.audit.searches.queryOptions()).data ?? [];
  const here = saved.find((search) => search.query === query);
  const renew = () => queries.invalidateQueries({ queryKey: orpc.audit.searches.key() });
  const remove = () => {
    if (!here) return;
    void client.audit.removeSearch({ search: here.id }).then(
      () => {
        toast({
          text: `“${here.name}” is no longer kept.`,
          undo: () => void client.audit.saveSearch({ name: here.name, query: here.query }).then(renew),
        });
        return renew();
      },
      (error) => toast({ text: errorWords(error, 'It could not be removed.').what, problem: true }),
    );
  };
  return (
    <>
      <Menu
        label="Kept searches"
        align="end"
        groups={[
          saved.map((search) => ({
            id: search.id,
            label: visible(search.name),
            text: search.name,
            note: <code>{visible(search.query) || 'everything'}</code>,
            chosen: search.query === query,
            onSelect: () => onQuery(search.query),
          })),
          [
            ...(query !== '' && !here
              ? [
                  {
                    id: 'keep',
                    label: 'Keep this search…',
                    icon: <BookmarkPlus aria-hidden="true" />,
                    onSelect: () => setKeeping(true),
                  },
                ]
              : []),
            ...(here
              ? [
                  {
                    id: 'remove',
                    label: `No longer keep “${visible(here.name)}”`,
                    icon: <Trash2 aria-hidden="true" />,
                    onSelect: remove,
                  },
                ]
              : []),
            ...(query === '' && saved.length === 0
              ? [
                  {
                    id: 'none',
                    label: 'No search is kept yet',
                    note: 'Ask for something first, then keep it here.',
                    onSelect: () => undefined,
                  },
                ]
              : []),
          ],
        ]}
        trigger={
          <button type="button" className="query__saved" aria-label="Kept searches" title="Kept searches">
            <Bookmark aria-hidden="true" {...(here ? { fill: 'currentColor' } : {})} />
          </button>
        }
      />
      {keeping ? <KeepDialog query={query} onClose={() => setKeeping(false)} onKept={renew} /> : null}
    </>
  );
}

function KeepDialog({
  query,
  onClose,
  onKept,
}: {
  query: string;
  onClose: () => void;
  onKept: () => unknown;
}) {
  const form = useId();
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const keep = useMutation({
    mutationFn: () => client.audit.saveSearch({ name: name.trim(), query }),
    onSuccess: () => {
      onKept();
      onClose();
    },
  });
  const problem = name.trim() === '' ? 'Give it a name.' : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem) keep.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keep this search"
      description={<code>{visible(query)}</code>}
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={keep.isPending && 'Keeping'}>
            Keep it
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
          maxLength={128}
          onChange={(event) => setName(event.target.value)}
          error={tried ? problem : null}
        />
        {keep.isError ? <ErrorState inline {...errorWords(keep.error, 'It could not be kept.')} /> : null}
      </form>
    </Dialog>
  );
}
