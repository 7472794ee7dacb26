import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import { isPartOfAdvisories } from '#shared/domain/dependencies/part-of-advisories.ts';
import { STALE_AFTER_DAYS } from '#shared/domain/dependencies/stale-after.ts';
import { visible } from '#shared/domain/text.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, errorWords } from '../../components/error-state.tsx';
import { TextField } from '../../components/field.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusWord } from '../../components/status.tsx';
import { count } from '../../components/time-words.ts';
import { useToast } from '../../components/toast.tsx';
import { client, orpc } from '../../transport/queries.ts';
import { dataWords, fetchingWords, troubleWords } from './report-words.ts';

const STATE_STATUS = { fresh: 'pass', stale: 'review', none: 'unknown', unknown: 'unknown' } as const;
const STATE_WORD = { fresh: 'Fresh', stale: 'Too old', none: 'None', unknown: 'Not usable' } as const;

/**
 * How old the advisories are: always in sight, because "nothing found" means nothing without fresh ones.
 * @param isCalm something else on the page comes first
 */
export function DataStrip({ data, isCalm }: { data: AdvisoryDataState; isCalm: boolean }) {
  const [importing, setImporting] = useState(false);
  const { data: fetching } = useQuery(orpc.dependencies.fetching.queryOptions());
  const trouble = troubleWords(data);
  return (
    <section className="advisories" aria-label="Advisories">
      <StatusWord status={isPartOfAdvisories(data) ? 'review' : STATE_STATUS[data.state]}>
        {isPartOfAdvisories(data) ? 'Only a part' : STATE_WORD[data.state]}
      </StatusWord>
      <div className="advisories__words">
        <p>
          {dataWords(data)}
          {data.importedAt ? (
            <span className="quiet">
              , taken <RelativeTime at={data.importedAt} />
            </span>
          ) : null}
        </p>
        {trouble === '' ? null : <p className="quiet">{trouble}</p>}
        {fetching?.lastTrouble ? <p className="quiet">{fetchingWords(fetching)}</p> : null}
      </div>
      <Button
        variant={isCalm || (data.state === 'fresh' && !isPartOfAdvisories(data)) ? 'plain' : 'filled'}
        onClick={() => setImporting(true)}
      >
        Take in advisories
      </Button>
      {importing ? (
        <ImportDialog
          about={aboutWords(data, fetching ? fetchingWords(fetching) : '')}
          onClose={() => setImporting(false)}
        />
      ) : null}
    </section>
  );
}

/** Where the present ones are from, how long they count, and whether others come by themselves. */
function aboutWords({ state, origin }: AdvisoryDataState, fetchedBy: string): string {
  const from = origin === '' ? '' : `What is in use now came from ${visible(origin)}. `;
  return `${state === 'none' ? '' : from}After ${count(STALE_AFTER_DAYS, 'day')} they are too old to call anything fine. ${fetchedBy}`;
}

function ImportDialog({ about, onClose }: { about: string; onClose: () => void }) {
  const form = useId();
  const [path, setPath] = useState('');
  const [tried, setTried] = useState(false);
  const queries = useQueryClient();
  const toast = useToast();
  const taken = async (data: AdvisoryDataState) => {
    onClose();
    toast({ text: `${dataWords(data)}.` });
    await Promise.all([
      queries.invalidateQueries({ queryKey: orpc.dependencies.key() }),
      queries.invalidateQueries({ queryKey: orpc.findings.key() }),
    ]);
  };
  const take = useMutation({
    mutationFn: () => client.dependencies.import({ path: path.trim() }),
    onSuccess: taken,
  });
  const fetch = useMutation({ mutationFn: () => client.dependencies.update(), onSuccess: taken });
  const busy = take.isPending || fetch.isPending;
  const progress = useQuery(
    orpc.dependencies.progress.queryOptions({ enabled: busy, refetchInterval: busy ? 500 : false }),
  ).data;
  const stop = () => {
    if (busy) void client.dependencies.cancel();
    onClose();
  };
  const problem = path.trim().startsWith('/')
    ? null
    : 'Give the whole path, such as /home/you/Downloads/all.zip.';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem) take.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && stop()}
      title="Take in advisories"
      description={
        <>
          OSV’s file of all advisories for Python packages (<code>PyPI/all.zip</code>, osv.dev, “Data dumps”),
          or a folder of OSV records. Fetching asks for what is new since, and says nothing about your
          packages.
        </>
      }
      actions={
        <>
          <Button variant="filled" type="submit" form={form} running={take.isPending && 'Reading'}>
            Take it in
          </Button>
          {take.isPending ? null : (
            <Button variant="plain" running={fetch.isPending && 'Fetching'} onClick={() => fetch.mutate()}>
              Fetch from OSV now
            </Button>
          )}
          <Button variant="plain" onClick={stop}>
            {busy ? 'Cancel' : 'Not now'}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} noValidate>
        <TextField
          label="File or folder on this computer"
          mono
          value={path}
          maxLength={4_096}
          placeholder="/home/you/Downloads/all.zip"
          hint="What is there now stays in use until the new data is whole."
          onChange={(event) => setPath(event.target.value)}
          error={tried ? problem : null}
        />
        <p className="quiet advisories__about">{about}</p>
        {busy && progress ? (
          <p className="quiet" role="status">
            {progress}
          </p>
        ) : null}
        {fetch.isError ? (
          <ErrorState
            inline
            {...errorWords(fetch.error, 'They could not be fetched. The former advisories stay.')}
          />
        ) : null}
        {take.isError ? (
          <ErrorState
            inline
            {...errorWords(take.error, 'It could not be taken in. The former advisories stay.')}
          />
        ) : null}
      </form>
    </Dialog>
  );
}
