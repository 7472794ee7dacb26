import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FileReadOnce } from '#shared/domain/audit/source.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorState, errorWords } from '../../../components/error-state.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { count } from '../../../components/time-words.ts';
import { useToast } from '../../../components/toast.tsx';
import { client, orpc } from '../../../transport/queries.ts';
import { bytesInWords, FORMAT_WORDS } from './source-words.ts';

/** How often it is asked how far a file is that is being read. */
const LOOK_MS = 1_000;

/** Files that were read once (`swarmkeep ingest`): what is stored of them, and how far those are that are being read. */
export function ReadOnceList({ names, node }: { names: ReadonlyMap<string, string>; node: string | null }) {
  const ingested = useQuery(
    orpc.audit.ingested.queryOptions({
      input: node === null ? {} : { node },
      refetchInterval: ({ state }) => (state.data?.some(({ reading }) => reading) ? LOOK_MS : false),
    }),
  );
  const files = ingested.data ?? [];
  if (!ingested.error && files.length === 0) return null;
  return (
    <>
      <h2 id="read-once" className="sources__gaps-title">
        Read once
      </h2>
      {ingested.error ? (
        <ErrorState inline {...errorWords(ingested.error, 'The files could not be listed.')} />
      ) : (
        <>
          <p className="quiet">
            Taken in by a command, and not followed: what is written there later is not seen. Their events are
            kept as long as all others, and then removed with them.
          </p>
          <ul className="gaps" aria-labelledby="read-once">
            {files.map((file) => (
              <li key={file.id}>
                <span className="gaps__when">
                  {file.reading ? (
                    'being read now'
                  ) : file.readAt ? (
                    <RelativeTime at={file.readAt} />
                  ) : (
                    'nothing yet'
                  )}
                </span>
                <span>
                  <code>{visible(file.path)}</code> on {visible(names.get(file.node) ?? file.node)},{' '}
                  {count(file.events, 'event')}
                  {file.format ? `, read as ${FORMAT_WORDS[file.format]}` : ''}
                  {file.reading ? <Reading file={file} reading={file.reading} /> : null}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Reading({ file, reading }: { file: FileReadOnce; reading: NonNullable<FileReadOnce['reading']> }) {
  const queries = useQueryClient();
  const toast = useToast();
  const stop = useMutation({
    mutationFn: () => client.audit.stopIngest({ node: file.node, path: file.path }),
    onSuccess: () => queries.invalidateQueries({ queryKey: orpc.audit.ingested.key() }),
    onError: (error) => toast({ text: errorWords(error, 'It could not be stopped.').what, problem: true }),
  });
  return (
    <span className="gaps__detail">
      {bytesInWords(reading.bytes)} of {bytesInWords(reading.of)}{' '}
      <Button small variant="plain" running={stop.isPending && 'Stopping'} onClick={() => stop.mutate()}>
        Stop reading
      </Button>
    </span>
  );
}
