import type { AuditEvent } from '#shared/domain/audit/event.ts';
import type { LogItem } from './log-book.ts';

/** A line of the list; `records` are the other records of the same happening, in their order, which it stands for. */
export type FoldedItem = LogItem & { records?: readonly AuditEvent[] };

/** Records of auditd that say parts of what another one tells. */
const PARTS = new Set(['SYSCALL', 'EXECVE', 'CWD', 'PATH', 'PROCTITLE', 'SOCKADDR', 'EOE']);

/**
 * Puts records of one happening that follow each other into one line: what was put together from them stands for them all, or, where
 * nothing was, the record that tells most. Nothing is left out: the line has the others.
 * @param items in the order of numbers
 */
export function foldHappenings(items: readonly LogItem[]): readonly FoldedItem[] {
  const folded: FoldedItem[] = [];
  for (let index = 0; index < items.length; ) {
    const item = items[index] as LogItem;
    const end = endOfHappening(items, index);
    if (end - index === 1) folded.push(item);
    else folded.push(...linesOf(items.slice(index, end)));
    index = end;
  }
  return folded;
}

/** @returns index of the first item that is of another happening */
function endOfHappening(items: readonly LogItem[], start: number): number {
  const first = items[start];
  let end = start + 1;
  if (first?.kind !== 'event' || first.event.group === null) return end;
  const { group, node, source } = first.event;
  for (let item = items[end]; item?.kind === 'event'; item = items[end]) {
    const { event } = item;
    if (event.group !== group || event.node !== node || event.source !== source) break;
    end += 1;
  }
  return end;
}

/** The lines that stand for the records of one happening: each that was put together, else one. */
function linesOf(items: readonly LogItem[]): FoldedItem[] {
  const events = items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
  const made = events.filter(({ derived }) => derived);
  const telling = made.length > 0 ? made : [mostTelling(events)];
  const records = events.filter((event) => !telling.includes(event));
  return telling.map((event, index) => ({
    kind: 'event',
    key: event.number,
    event,
    ...(index === 0 && records.length > 0 ? { records } : {}),
  }));
}

function mostTelling(events: readonly AuditEvent[]): AuditEvent {
  const own = events.find(({ fields }) => !PARTS.has(String(fields.type)));
  const call = events.find(({ fields }) => fields.type === 'SYSCALL');
  return own ?? call ?? (events[0] as AuditEvent);
}

/**
 * What a line says: its message, and of a system call that was put together with its records who made it and of what.
 * @param records those that the line stands for
 */
export function lineWords(event: AuditEvent, records: readonly AuditEvent[]): string {
  if (event.fields.type !== 'SYSCALL' || records.length === 0) return event.message;
  const { exe, comm, SYSCALL, success, exit } = event.fields;
  const paths = records.filter(({ fields }) => fields.type === 'PATH' && fields.nametype !== 'PARENT');
  const name = paths.map(({ fields }) => fields.name).find((path) => typeof path === 'string');
  const what = [String(SYSCALL ?? 'a system call'), name].filter(Boolean).join(' ');
  const failed = success === 'no' ? `, failed (${String(exit ?? '')})` : '';
  return `${String(exe ?? comm ?? 'a program')}: ${what}${failed}`;
}

/** @returns for the number of each event the index of the line that it is in */
export function placesOf(items: readonly FoldedItem[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (const [index, item] of items.entries()) {
    places.set(item.key, index);
    for (const { number } of item.records ?? []) places.set(number, index);
  }
  return places;
}
