import { describe, expect, it } from 'vitest';
import type { FollowUp } from './follow-up.ts';
import { byUrgency, isOverdue } from './follow-up-order.ts';

const one = (number: number, due: string | null, doneAt: string | null = null): { followUp: FollowUp } => ({
  followUp: {
    number,
    words: 'x',
    check: null,
    owner: '',
    due,
    at: `2026-11-20T10:00:0${number}.000Z`,
    who: 'ana',
    doneAt,
  },
});
const numbers = (all: { followUp: FollowUp }[]) => byUrgency(all).map(({ followUp }) => followUp.number);

describe('what is to change', () => {
  it('comes in the order in which it is due, then without a day, and what is done last', () => {
    const all = [one(1, null), one(2, '2026-12-01'), one(3, '2026-11-01', '2026-11-21T10:00:00.000Z')];
    expect(numbers([...all, one(4, '2026-11-30'), one(5, null, '2026-11-22T10:00:00.000Z')])).toEqual([
      4, 2, 1, 5, 3,
    ]);
  });

  it('is late the day after, and never when it is done', () => {
    const { followUp } = one(1, '2026-11-30');
    expect(isOverdue(followUp, '2026-11-30')).toBe(false);
    expect(isOverdue(followUp, '2026-12-01')).toBe(true);
    expect(isOverdue({ ...followUp, doneAt: '2026-12-02T00:00:00.000Z' }, '2026-12-05')).toBe(false);
    expect(isOverdue({ due: null, doneAt: null }, '2026-12-05')).toBe(false);
  });
});
