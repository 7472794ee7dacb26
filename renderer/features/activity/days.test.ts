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

/** A look at a node that found so many things to fix. */
const look = (
  number: number,
  node: string,
  fix: number,
  at = `2026-11-21T1${number}:00:00.000Z`,
): ActivityEntry => ({
  number,
  state: 'whole',
  record: {
    kind: 'look-ended',
    at,
    who: { shell: 'web', user: 'ines', scheduled: number % 2 === 0 },
    where: { node, name: node },
    what: {
      look: `look-${number}`,
      startedAt: at,
      outcome: 'done',
      checks: [],
      verdicts: { pass: 20, fix, review: 0, unknown: 0, notApplicable: 0 },
      error: null,
    },
    format: 1,
    number,
  },
  sentence: 'x',
});
const NOW = Date.parse('2026-11-21T23:00:00.000Z');
const shown = (entries: ActivityEntry[], unfolded: number[] = [], linked?: number) =>
  itemsByDay(entries, NOW, new Set(unfolded), linked).flatMap((item) =>
    item.kind === 'day'
      ? []
      : [item.repeats ? `${item.entry.number} and ${item.repeats.count}` : item.entry.number],
  );

test('folds looks at a node that found the same into the newest, also between those at other nodes', () => {
  const round = [
    look(6, 'miu', 1),
    look(5, 'boa', 2),
    look(4, 'miu', 1),
    look(3, 'boa', 2),
    look(2, 'miu', 1),
  ];
  expect(shown(round)).toEqual(['6 and 2', '5 and 1']);
  expect(shown(round, [6])).toEqual(['6 and 2', '5 and 1', 4, 2]);
  expect(shown(round, [], 3)).toEqual(['6 and 2', '5 and 1', 3]);
});

test('folds nothing that found something else, or that somebody had a reason for', () => {
  expect(shown([look(6, 'miu', 1), look(5, 'miu', 2), look(4, 'miu', 1)])).toEqual([6, 5, 4]);
  expect(shown([look(6, 'miu', 1), entry(5, '2026-11-21T15:00:00.000Z'), look(4, 'miu', 1)])).toEqual([
    6, 5, 4,
  ]);
  expect(shown([look(6, 'miu', 1), look(5, 'miu', 1, '2026-11-19T12:00:00.000Z')])).toEqual([6, 5]);
});
