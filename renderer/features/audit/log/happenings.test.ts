import { expect, it } from 'vitest';
import type { AuditEvent } from '#shared/domain/audit/event.ts';
import { foldHappenings, lineWords, placesOf } from './happenings.ts';
import type { LogItem } from './log-book.ts';

type Short = [group: string | null, type: string, more?: Partial<AuditEvent>];

function listed(...shorts: Short[]): LogItem[] {
  return shorts.map(([group, type, more], index) => {
    const event = {
      ...{ number: index + 1, node: 'miu', source: 's', group, message: type, derived: type === 'made' },
      fields: { type },
      ...more,
    } as unknown as AuditEvent;
    return { kind: 'event', key: event.number, event };
  });
}

const seen = (items: readonly LogItem[]) =>
  foldHappenings(items).map(({ key, records }) => [key, (records ?? []).map(({ number }) => number)]);

it('what was put together stands for its records, and everything else stays as it is', () => {
  const items = listed(
    [null, 'line'],
    ['a', 'SYSCALL'],
    ['a', 'PATH'],
    ['a', 'made'],
    ['a', 'made'],
    ['b', 'SYSCALL'],
    ['b', 'CONFIG_CHANGE'],
    ['c', 'PATH'],
    [null, 'line'],
    [null, 'line'],
  );
  const folded = [
    [1, []],
    [4, [2, 3]],
    [5, []],
    [7, [6]],
    [8, []],
    [9, []],
    [10, []],
  ];
  expect(seen(items)).toEqual(folded);
  const places = placesOf(foldHappenings(items));
  expect([2, 3, 4, 5, 6, 7].map((number) => places.get(number))).toEqual([1, 1, 1, 2, 3, 3]);
});

it('an id that two nodes or two logs use is two happenings, and what is not shown parts them', () => {
  const gap: LogItem = { kind: 'not-shown', key: 3.5, after: 3, count: 9, atMost: false };
  const items = listed(
    ['a', 'SYSCALL'],
    ['a', 'SYSCALL', { node: 'naru' }],
    ['a', 'SYSCALL', { source: 't' }],
    ['a', 'PATH', { source: 't' }],
  );
  expect(seen(items)).toEqual([
    [1, []],
    [2, []],
    [3, [4]],
  ]);
  expect(seen([...items.slice(0, 3), gap, ...items.slice(3)])).toHaveLength(5);
});

it('a system call says who made it, and of what', () => {
  const call = { type: 'SYSCALL', exe: '/usr/bin/cat', SYSCALL: 'openat', success: 'no', exit: -13 };
  const [line] = foldHappenings(
    listed(
      ['a', 'SYSCALL', { fields: call, message: 'SYSCALL arch=c000003e' }],
      ['a', 'PATH', { fields: { type: 'PATH', name: '/etc/', nametype: 'PARENT' } }],
      ['a', 'PATH', { fields: { type: 'PATH', name: '/etc/shadow', nametype: 'NORMAL' } }],
    ),
  );
  if (line?.kind !== 'event') throw new Error('no line');
  expect(lineWords(line.event, line.records ?? [])).toBe('/usr/bin/cat: openat /etc/shadow, failed (-13)');
  expect(lineWords(line.event, [])).toBe('SYSCALL arch=c000003e');
});
