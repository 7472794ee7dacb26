import { useMutation, useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, CircleCheck, CircleQuestionMark, Download } from 'lucide-react';
import type { AuditState } from '#shared/contract/audit.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import { errorWords } from '../../../components/error-state.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { clockTime, count, exactTime } from '../../../components/time-words.ts';
import { useToast } from '../../../components/toast.tsx';
import { Tooltip } from '../../../components/tooltip.tsx';
import { client, orpc, transport } from '../../../transport/queries.ts';
import { rateInWords } from '../sources/source-words.ts';
import type { LogChoice } from './use-log.ts';

export interface LogFootProps {
  state: AuditState;
  sources: readonly AuditSource[];
  /** Events that came faster than they are sent to a page. */
  notShown: number;
  choice: LogChoice;
  onStep: (direction: 'older' | 'newer') => void;
  onGaps: () => void;
}

/** How far the record is verified, the gaps in it, how fast it grows and what of that is not shown; errors and export. */
export function LogFoot({ state, sources, notShown, choice, onStep, onGaps }: LogFootProps) {
  const gaps = useGapCount(sources);
  const { verified } = state;
  return (
    <footer className={notShown > 0 ? 'log-foot log-foot--full' : 'log-foot'}>
      {verified ? (
        <span className="log-foot__verified" title={exactTime(verified.at)}>
          <CircleCheck aria-hidden="true" />
          <span>
            Verified up to event {verified.upTo.toLocaleString('en')} at {clockTime(verified.at)}
          </span>
        </span>
      ) : (
        <span className="log-foot__unverified">
          <CircleQuestionMark aria-hidden="true" />
          <span>Not verified yet</span>
        </span>
      )}
      <button type="button" className="log-foot__plain" onClick={onGaps}>
        {count(gaps, 'gap')}
      </button>
      <span className="log-foot__rate" role="status">
        {notShown > 0 ? <strong>{notShown.toLocaleString('en')} not shown</strong> : null}
        {state.watching && notShown === 0 ? <span>{rateInWords(state.eventsPerSecond)}/s</span> : null}
      </span>
      <span className="log-foot__tools">
        <Tool words="Previous error (N)" onPress={() => onStep('older')}>
          <ChevronUp aria-hidden="true" />
        </Tool>
        <span aria-hidden="true" className="log-foot__errors">
          errors
        </span>
        <Tool words="Next error (n)" onPress={() => onStep('newer')}>
          <ChevronDown aria-hidden="true" />
        </Tool>
        <Export choice={choice} />
      </span>
    </footer>
  );
}

/** A time in which nobody watched is one gap, of however many sources. */
function useGapCount(sources: readonly AuditSource[]): number {
  const { data } = useQuery(orpc.audit.gaps.queryOptions({ input: {} }));
  const told = sources.reduce((sum, source) => sum + source.gaps, 0);
  const own = new Set(sources.map(({ id }) => id));
  const known = (data ?? []).filter(({ source }) => own.has(source));
  const unwatched = known.filter(({ kind }) => kind === 'not-watched');
  const times = new Set(unwatched.map(({ from, to }) => `${from} ${to}`));
  return Math.max(0, told - unwatched.length + times.size);
}

function Tool({
  words,
  onPress,
  children,
}: {
  words: string;
  onPress: () => void;
  children: React.ReactNode;
}) {
  return (
    <Tooltip text={words}>
      <button type="button" className="log-foot__tool" aria-label={words} onClick={onPress}>
        {children}
      </button>
    </Tooltip>
  );
}

/** All that is selected as a file of JSON lines. */
function Export({ choice: { query, node, from, to } }: { choice: LogChoice }) {
  const toast = useToast();
  const save = useMutation({
    mutationFn: async () => {
      const file = await client.audit.exportEvents({
        query,
        ...(node === null ? {} : { node }),
        ...(from === null ? {} : { from }),
        ...(to === null ? {} : { to }),
      });
      const outcome = await transport.saveText({
        fileName: file.fileName,
        mediaType: 'application/x-ndjson',
        text: file.text,
      });
      return { file, outcome };
    },
    onSuccess: ({ file, outcome }) => {
      if (outcome.saved) {
        const most = file.all ? '' : ' That is the newest part: choose a shorter time for the rest.';
        toast({ text: `Saved ${count(file.events, 'event')} in ${file.fileName}.${most}` });
      } else if (outcome.reason !== 'cancelled') {
        toast({ text: 'The file could not be saved.', problem: true });
      }
    },
    onError: (error) =>
      toast({ text: errorWords(error, 'The events could not be exported.').what, problem: true }),
  });
  const words = 'Export what is selected as JSON lines';
  return (
    <Tooltip text={words}>
      <button
        type="button"
        className="log-foot__tool"
        aria-label={words}
        aria-busy={save.isPending}
        onClick={() => {
          if (!save.isPending) save.mutate();
        }}
      >
        {save.isPending ? <Spinner /> : <Download aria-hidden="true" />}
      </button>
    </Tooltip>
  );
}
