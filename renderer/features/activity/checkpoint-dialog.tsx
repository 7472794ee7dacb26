import { useQuery } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { RawText } from '../../components/raw-text.tsx';
import { orpc } from '../../transport/queries.ts';
import { useSaveText } from './use-save-text.ts';

/** The newest checkpoint, to be kept where whoever can write to this computer cannot. */
export function CheckpointDialog({ onClose }: { onClose: () => void }) {
  const { data, error } = useQuery({ ...orpc.activity.checkpoint.queryOptions(), staleTime: 0, gcTime: 0 });
  const save = useSaveText();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      wide
      title="Keep a checkpoint elsewhere"
      description="A few lines that stand for every event so far. Keep them where whoever can write to this computer cannot: on your phone, on paper, on another node. There is no secret in them."
      actions={
        <>
          {data ? (
            <Button
              variant="filled"
              onClick={() => {
                save({ fileName: data.fileName, mediaType: 'text/plain', text: data.text });
                onClose();
              }}
            >
              Save as a file
            </Button>
          ) : null}
          <Button variant="plain" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {error ? <ErrorState inline {...errorWords(error, 'The checkpoint could not be read.')} /> : null}
      {data ? (
        <>
          <RawText text={data.text} label="The checkpoint" />
          <p className="record__hint">It covers events 1 to {data.size.toLocaleString('en')}.</p>
        </>
      ) : null}
    </Dialog>
  );
}
