import { type CSSProperties, type RefObject, useCallback, useMemo, useRef } from 'react';
import type { AuditState } from '#shared/contract/audit.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import type { AuditSearch } from '../../../app/search.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { toggleValue } from '../query/query-text.ts';
import type { RowActions } from './log-details.tsx';
import { LogFoot } from './log-foot.tsx';
import { LogList, type LogListHandle } from './log-list.tsx';
import { type LogChoice, useLog } from './use-log.ts';
import { useLogKeys } from './use-log-keys.ts';

export interface LogPaneProps {
  choice: LogChoice;
  state: AuditState;
  sources: readonly AuditSource[];
  names: ReadonlyMap<string, string>;
  columns: readonly string[];
  onColumn: (field: string) => void;
  /** Number of the unfolded event. */
  open: number | undefined;
  /** Takes the event that was unfolded here: any other one in the address was asked for from elsewhere. */
  opened: RefObject<number | undefined>;
  /** Change what stands in the address. */
  set: (change: Partial<AuditSearch>) => void;
  input: React.RefObject<HTMLInputElement | null>;
}

/** Of what is not followed there is no name at hand: its id says whether it ever was. */
const formerName = (id: string): string =>
  id.startsWith('ingest-') ? 'a file that was read once' : 'a log that is no longer followed';

/** The lines and their foot. In a flood this draws itself every frame, so nothing else is in it. */
export function LogPane({
  choice,
  state,
  sources,
  names,
  columns,
  onColumn,
  open,
  opened,
  set,
  input,
}: LogPaneProps) {
  const handle = useRef<LogListHandle>(null);
  /** An event to stand at: the one in the address, later one that another choice was made for. */
  const wanted = useRef<number | null>(open ?? null);
  const log = useLog(choice, () => {
    const number = wanted.current;
    wanted.current = null;
    return number;
  });
  const { pause, goTo } = log;
  const onOpen = useCallback(
    (event: number | undefined) => {
      if (event !== undefined) pause();
      opened.current = event;
      set({ event });
    },
    [pause, set, opened],
  );
  const { query, node, from, to } = choice;
  const actions = useMemo<RowActions>(
    () => ({
      onFilter: (field, value, not) => set({ q: toggleValue(query, field, value, not), event: undefined }),
      onColumn,
      onGoTo: (number) => {
        opened.current = number;
        if (query === '' && from === null) void goTo(number);
        else wanted.current = number;
        set({ q: undefined, from: undefined, to: undefined, event: number });
      },
      sourceName: (id) => sources.find((source) => source.id === id)?.name ?? formerName(id),
    }),
    [query, from, goTo, onColumn, set, sources, opened],
  );
  const step = useLogKeys({ input, handle, log, choice, open, onOpen });
  const filtered = query !== '' || from !== null || to !== null || node !== null;
  const style =
    columns.length > 0
      ? ({ '--tracks': columns.map(() => 'minmax(0, 132px)').join(' ') } as CSSProperties)
      : undefined;
  return (
    <div className="audit__log" style={style}>
      <LogList
        log={log}
        columns={columns}
        names={names}
        open={open}
        onOpen={onOpen}
        handle={handle}
        actions={actions}
        // Who asks for the records of one happening wants to see each.
        unfolded={/\bgroup:/i.test(query)}
        empty={
          filtered ? (
            <EmptyState
              sentence="No event fits these words and this time."
              action={
                <Button onClick={() => set({ q: undefined, from: undefined, to: undefined })}>
                  Show everything
                </Button>
              }
            />
          ) : (
            <EmptyState
              sentence={
                sources.length === 0
                  ? 'No log is followed yet, so there is nothing to read.'
                  : 'Nothing was read yet. Lines appear here as they are written.'
              }
              action={<Button onClick={() => set({ view: 'sources' })}>See the sources</Button>}
            />
          )
        }
      />
      <LogFoot
        state={state}
        sources={sources}
        notShown={log.notShown}
        choice={choice}
        onStep={step}
        onGaps={() => set({ view: 'sources' })}
      />
    </div>
  );
}
