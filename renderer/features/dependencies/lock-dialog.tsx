import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { InstalledLock } from '#shared/domain/dependencies/before-install.ts';
import type { SeenEnvironment } from '#shared/domain/dependencies/seen-environment.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Disclosure } from '../../components/disclosure.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { RawText } from '../../components/raw-text.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { StatusWord } from '../../components/status.tsx';
import { orpc } from '../../transport/queries.ts';
import { fileNameOfLock, lockSentence } from './lock-words.ts';
import { quotedCommand } from './shell-words.ts';
import { useSaveFile } from './use-save-file.ts';

interface LockDialogProps {
  node: string;
  nodeName: string;
  place: SeenEnvironment;
  onClose: () => void;
}

/** A file of requirements that pins what is installed in one place, to be kept beside the source. */
export function LockDialog({ node, nodeName, place, onClose }: LockDialogProps) {
  const input = { node, environment: place.id };
  const { data: lock, error } = useQuery(orpc.dependencies.lock.queryOptions({ input }));
  const save = useSaveFile();
  const keep = (made: InstalledLock) =>
    save(async () => ({
      fileName: fileNameOfLock(nodeName),
      mediaType: 'text/plain',
      text: made.text,
    }));
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={`Lock of what is installed on ${visible(nodeName)}`}
      description={
        <>
          It pins the versions that the last look saw in <code>{visible(place.id)}</code>, by the word of that
          node. Nothing is changed there.
        </>
      }
      actions={
        <>
          {lock ? (
            <Button variant="filled" icon={<Download aria-hidden="true" />} onClick={() => keep(lock)}>
              Save the lock
            </Button>
          ) : null}
          <Button variant="plain" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {error ? <ErrorState inline {...errorWords(error, 'The lock could not be made.')} /> : null}
      {!lock && !error ? (
        <p className="quiet" role="status">
          <Spinner /> Reading
        </p>
      ) : null}
      {lock ? <LockText lock={lock} /> : null}
    </Dialog>
  );
}

function LockText({ lock }: { lock: InstalledLock }) {
  const { command, unhashed, left, text } = lock;
  return (
    <div className="lock">
      <StatusWord status={command === null ? 'review' : 'pass'}>
        {command === null ? 'Not every line has a hash' : 'Every line has a hash'}
      </StatusWord>
      <p>{lockSentence(lock)}</p>
      {command === null ? null : (
        <div className="dependency__command">
          <code>{visible(quotedCommand(command))}</code>
          <CopyButton text={quotedCommand(command)} label="Copy the install command" />
        </div>
      )}
      <RawText text={text} label="The lock" />
      <Named title="Pinned by version only" entries={unhashed} />
      <Named title="Left out" entries={left} />
    </div>
  );
}

function Named({ title, entries }: { title: string; entries: InstalledLock['left'] }) {
  const [open, setOpen] = useState(false);
  if (entries.length === 0) return null;
  return (
    <Disclosure
      open={open}
      onOpenChange={setOpen}
      summary={title}
      aside={<span className="quiet">{entries.length.toLocaleString('en')}</span>}
    >
      <ul className="lock__named">
        {entries.slice(0, 200).map(({ name, why }) => (
          <li key={`${name} ${why}`}>
            <span className="dependency__name">{visible(name)}</span>{' '}
            <span className="quiet">{visible(why)}</span>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}
