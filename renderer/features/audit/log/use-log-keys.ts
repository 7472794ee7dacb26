import { useEffect, useEffectEvent } from 'react';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { errorWords } from '../../../components/error-state.tsx';
import { useToast } from '../../../components/toast.tsx';
import { client } from '../../../transport/queries.ts';
import type { LogListHandle } from './log-list.tsx';
import type { Log, LogChoice } from './use-log.ts';

/** Milliseconds in which a letter after `g` names a page. */
const GO_MS = 1_200;

export interface LogKeysOptions {
  input: React.RefObject<HTMLInputElement | null>;
  handle: React.RefObject<LogListHandle | null>;
  log: Log;
  choice: LogChoice;
  open: number | undefined;
  onOpen: (number: number | undefined) => void;
}

/**
 * Keys of the page: `/` to the query, `n` and `N` to the next and the previous error, `j` and `k` into the lines, `.` to follow.
 * @returns goes to the next or the previous error
 */
export function useLogKeys({ input, handle, log, choice, open, onOpen }: LogKeysOptions) {
  const toast = useToast();
  const step = async (direction: 'older' | 'newer') => {
    const number = open ?? handle.current?.place() ?? null;
    if (number === null) return;
    log.pause();
    const { query, node, from, to } = choice;
    let found: AuditEvent | null;
    try {
      found = await client.audit.nextError({
        query,
        ...(node === null ? {} : { node }),
        ...(from === null ? {} : { from }),
        ...(to === null ? {} : { to }),
        number: Math.floor(number),
        direction,
      });
    } catch (error) {
      return toast({
        text: errorWords(error, 'The next error could not be looked for.').what,
        problem: true,
      });
    }
    if (!found)
      return toast({ text: direction === 'newer' ? 'No error after this.' : 'No error before this.' });
    const here = log.items.some(({ key }) => key === found.number);
    if (!here) await log.goTo(found.number);
    onOpen(found.number);
    handle.current?.focus(found.number);
  };
  const onKey = useEffectEvent((event: KeyboardEvent, going: boolean) => {
    if (event.ctrlKey || event.metaKey || event.altKey || going) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (target?.closest('input, textarea, select, [role="dialog"], [role="menu"]')) return;
    const acts = new Map([
      ['/', () => input.current?.focus()],
      ['n', () => void step('newer')],
      ['N', () => void step('older')],
      ['j', () => handle.current?.focus()],
      ['k', () => handle.current?.focus()],
      ['.', () => log.follow()],
    ]);
    const act = acts.get(event.key);
    if (!act || event.defaultPrevented) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    let went = Number.NEGATIVE_INFINITY;
    const listen = (event: KeyboardEvent) => {
      onKey(event, event.timeStamp - went < GO_MS);
      went = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return (direction: 'older' | 'newer') => void step(direction);
}
