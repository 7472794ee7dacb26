import { describe, expect, it } from 'vitest';
import type { LookState } from '#shared/contract/looks.ts';
import { outcomeInWords } from './look-outcome-words.ts';

function look(nodeName: string, state: LookState['state']): LookState {
  return {
    look: `look-${nodeName}`,
    node: nodeName,
    nodeName,
    state,
    startedAt: '2026-11-22T01:38:44.082Z',
    endedAt: '2026-11-22T01:38:46.082Z',
    subjectsDone: 0,
    subjectsTotal: 0,
    present: '',
    error: null,
  };
}

describe('how looks ended, in words', () => {
  const recorded = new Set(['sample']);
  it.each<[LookState[], string]>([
    [[look('miu', 'done')], 'Looked at miu again.'],
    [[look('sample', 'done')], 'The recording of sample was judged again. What it recorded stays as it was.'],
    [[look('miu', 'failed')], 'miu could not be looked at. What you see is from before.'],
    [[look('miu', 'cancelled')], 'The look was cancelled. What you see is from before.'],
    [[look('miu', 'done'), look('boa', 'done')], 'Looked at two nodes again.'],
    [[look('miu', 'done'), look('boa', 'failed')], 'Looked at one of two nodes; one could not be looked at.'],
    [[look('miu', 'done'), look('boa', 'cancelled')], 'Looked at one of two nodes, then cancelled.'],
    [
      [look('miu', 'cancelled'), look('boa', 'cancelled')],
      'The looks were cancelled. What you see is from before.',
    ],
  ])('%#', (looks, words) => {
    expect(outcomeInWords(looks, recorded)).toBe(words);
  });
});
