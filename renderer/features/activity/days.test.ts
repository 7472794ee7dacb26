import { expect, test } from 'vitest';
import type { ActivityEntry } from '#shared/contract/activity.ts';
import { itemsByDay } from './days.ts';

const entry = (number: number, at: string | null): ActivityEntry => ({
  number,
  state: at === null ? 'missing' : 'whole',
  record:
    at === null
      ? null
      : {
          kind: 'node-removed',
          at,
          who: { shell: 'web', user: 'ines', scheduled: false },
          where: null,
          what: {},
          format: 1,
          number,
        },
  sentence: 'x',
});

test('puts a heading before the first event of each day, and keeps removed texts with their neighbour', () => {
  const now = Date.parse('2026-11-21T12:00:00.000Z');
  const items = itemsByDay(
    [
      entry(5, '2026-11-21T11:00:00.000Z'),
      entry(4, '2026-11-21T10:00:00.000Z'),
      entry(3, '2026-11-20T12:00:00.000Z'),
      entry(2, null),
      entry(1, '2025-03-02T12:00:00.000Z'),
    ],
    now,
  );
  expect(items.map((item) => (item.kind === 'day' ? item.words : item.entry.number))).toEqual([
    'Today',
    5,
    4,
    'Yesterday',
    3,
    2,
    'Sunday 2 March 2025',
    1,
  ]);
});
