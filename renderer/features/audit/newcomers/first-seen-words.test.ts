import { expect, test } from 'vitest';
import { firstSeenSentence, type Learnt, learningOf } from './first-seen-words.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const learnt = (since: string, learnsUntil: string): Learnt => ({
  node: 'miu',
  kind: 'command',
  since,
  learnsUntil,
  known: 12,
});
const OVER = learnt('2026-11-01T00:00:00.000Z', '2026-11-04T00:00:00.000Z');
const OPEN = learnt('2026-11-21T12:00:00.000Z', '2026-11-24T12:00:00.000Z');

test('learning says how far it is and what is left, and a clock that was set back spoils nothing', () => {
  expect(learningOf(OVER, NOW)).toEqual({ part: 1, left: '' });
  const { part, left } = learningOf(OPEN, NOW);
  expect(part).toBeCloseTo(1 / 3);
  expect(left).toBe('2 days');
  expect(learningOf(learnt(OPEN.since, '2026-11-22T12:20:00.000Z'), NOW).left).toBe('1 hour');
  expect(learningOf(OPEN, Date.parse('2026-11-20T00:00:00.000Z')).part).toBe(0);
});

test('the sentence never promises more than is told', () => {
  expect(firstSeenSentence([], NOW)).toContain('Nothing is learnt yet');
  expect(firstSeenSentence([OVER], NOW)).toBe('What is usual is learnt. What was never here before is told.');
  expect(firstSeenSentence([OPEN], NOW)).toContain('nothing new is told');
  expect(firstSeenSentence([OVER, OPEN], NOW)).toContain('still being learnt says so');
});
