import { describe, expect, test } from 'vitest';
import { type AppliedChange, changeState } from '#shared/domain/plan.ts';
import {
  changeLead,
  changeSentence,
  isSettled,
  isUnderWay,
  stateWords,
  stepProgress,
} from './change-words.ts';

type Step = AppliedChange['steps'][number];

const step = (title: string, state: Step['state']): Step => ({
  title,
  preview: { kind: 'words', text: title },
  state,
  at: null,
  message: null,
});

const change = (more: Partial<AppliedChange>): AppliedChange => ({
  id: 'a'.repeat(32),
  purpose: 'fix',
  node: 'miu',
  nodeName: 'miu',
  checks: [],
  title: 'Close the way out',
  state: 'applying',
  startedAt: '2026-11-21T19:24:00.000Z',
  endedAt: null,
  revertsAt: null,
  steps: [],
  results: [],
  error: null,
  of: null,
  undoneBy: null,
  undo: { possible: false, reason: '' },
  ...more,
});

describe('words of a change', () => {
  test.each(changeState.options)('%s has a word, a sentence with the node, and no applause', (state) => {
    expect(stateWords(state).word).not.toBe('');
    expect(changeSentence(change({ state }))).toContain('miu');
    expect(changeSentence(change({ state })) + changeLead(change({ state }))).not.toMatch(/!|success/i);
  });

  test('only what an independent look said is shown as fine', () => {
    expect(changeState.options.filter((state) => stateWords(state).status === 'pass')).toEqual(['done']);
  });

  test('every state runs, waits for a person, or is over', () => {
    const open = changeState.options.filter((state) => !isSettled({ state }));
    expect(open).toEqual(['waiting', 'applying', 'unconfirmed', 'verifying', 'rolling-back']);
    expect(isUnderWay({ state: 'unconfirmed' })).toBe(false);
  });

  test('names the present step as part of a sentence', () => {
    const steps = [step('Write the unit', 'done'), step('Load the rules', 'running'), step('X', 'waiting')];
    expect(stepProgress(change({ steps }))).toEqual({ done: 1, of: 3, words: '2 of 3, load the rules' });
    expect(stepProgress(change({ steps: [step('DNS is read', 'running')] })).words).toBe(
      '1 of 1, DNS is read',
    );
  });

  test('counts backwards while it is taken back, and not what was left out', () => {
    const steps = [step('A', 'done'), step('B', 'taken-back'), step('C', 'left-out')];
    expect(stepProgress(change({ state: 'rolling-back', steps }))).toEqual({
      done: 1,
      of: 2,
      words: 'Taking it back',
    });
  });
});
