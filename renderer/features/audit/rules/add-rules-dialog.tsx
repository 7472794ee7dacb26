import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useRef, useState } from 'react';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { count } from '../../../components/time-words.ts';
import { orpc } from '../../../transport/queries.ts';
import { type AddedRules, addRules, type ChosenFile } from './add-rules.ts';

/** Faults that are drawn one by one. */
const FIRST = 40;

/** Choose rule files, or a whole folder of them, and see what became of each. */
export function AddRulesDialog({ onClose }: { onClose: () => void }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const stop = useRef(new AbortController());
  const [done, setDone] = useState<{ done: number; of: number } | null>(null);
  const [over, setOver] = useState(false);
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: (chosen: readonly ChosenFile[]) => {
      stop.current = new AbortController();
      return addRules(chosen, (now, of) => setDone({ done: now, of }), stop.current.signal);
    },
    onSettled: () => {
      setDone(null);
      return queries.invalidateQueries({ queryKey: orpc.audit.key() });
    },
  });
  const choose = (list: FileList | null) => {
    if (list && list.length > 0) add.mutate([...list]);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    choose(event.dataTransfer.files);
  };
  const close = () => {
    stop.current.abort();
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title="Add your own rules"
      description="Sigma rules, as files that end in .yml: your own, or a folder of SigmaHQ’s. Each is read before it is kept, and one that is wrong is left out with its reason."
      actions={
        <>
          {add.data && !add.isPending ? (
            <Button variant="filled" onClick={close}>
              Done
            </Button>
          ) : null}
          <Button
            variant={add.data ? 'plain' : 'filled'}
            running={
              add.isPending &&
              (done
                ? `Reading ${done.done.toLocaleString('en')} of ${done.of.toLocaleString('en')}`
                : 'Reading')
            }
            onClick={() => files.current?.click()}
          >
            Choose files
          </Button>
          {add.isPending ? (
            <Button variant="plain" onClick={() => stop.current.abort()}>
              Stop
            </Button>
          ) : (
            <Button variant="plain" onClick={() => folder.current?.click()}>
              Choose a folder
            </Button>
          )}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping files is a second way beside the two buttons */}
      <div
        className={over ? 'rules__drop rules__drop--over' : 'rules__drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p className="quiet">Or drop files here.</p>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        accept=".yml,.yaml"
        aria-label="Rule files"
        className="visually-hidden"
        tabIndex={-1}
        onChange={(event) => {
          choose(event.target.files);
          event.target.value = '';
        }}
      />
      <input
        ref={folder}
        type="file"
        multiple
        {...{ webkitdirectory: '' }}
        aria-label="A folder of rules"
        className="visually-hidden"
        tabIndex={-1}
        onChange={(event) => {
          choose(event.target.files);
          event.target.value = '';
        }}
      />
      <div aria-live="polite">{add.data ? <Outcome result={add.data} /> : null}</div>
      {add.isError ? (
        <ErrorState
          inline
          {...errorWords(add.error, 'Not all rules could be added. Those before are kept.')}
        />
      ) : null}
    </Dialog>
  );
}

function Outcome({ result: { added, faults } }: { result: AddedRules }) {
  if (added === 0 && faults.length === 0) return <p>None of these files ends in .yml: nothing was added.</p>;
  return (
    <>
      <p>
        <strong>{count(added, 'file')}</strong> added
        {faults.length > 0 ? `, ${faults.length.toLocaleString('en')} left out:` : '.'}
      </p>
      {faults.length > 0 ? (
        <ul className="rules__faults">
          {faults.slice(0, FIRST).map(({ file, reason }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one file may have several, and the list never changes
            <li key={index}>
              <code>{visible(file)}</code> {visible(reason)}
            </li>
          ))}
          {faults.length > FIRST ? <li>{count(faults.length - FIRST, 'more file')}</li> : null}
        </ul>
      ) : null}
    </>
  );
}
