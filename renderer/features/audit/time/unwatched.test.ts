import { expect, test } from 'vitest';
import type { SourceGap } from '#shared/domain/audit/source.ts';
import { unwatchedTimes } from './unwatched.ts';

const at = (minute: number): number => Date.UTC(2026, 10, 22, 12, minute);
const gap = (from: number, to: number, kind: SourceGap['kind'] = 'not-watched', source = 'a'): SourceGap => ({
  source,
  kind,
  from: new Date(at(from)).toISOString(),
  to: new Date(at(to)).toISOString(),
  bytes: null,
  detail: '',
});

test('times in which nobody watched are said once, within what is shown', () => {
  const gaps = [
    gap(40, 50),
    gap(10, 20),
    gap(10, 20, 'not-watched', 'b'),
    gap(15, 25),
    gap(1, 59, 'copytruncate'),
    gap(55, 70),
  ];
  expect(unwatchedTimes(gaps, { from: at(12), to: at(60) })).toEqual([
    { from: at(12), to: at(25) },
    { from: at(40), to: at(50) },
    { from: at(55), to: at(60) },
  ]);
  expect(unwatchedTimes(gaps, { from: at(26), to: at(39) })).toEqual([]);
});
