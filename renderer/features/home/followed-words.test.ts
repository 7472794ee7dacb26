import { describe, expect, it } from 'vitest';
import { answeredInWords, followedInWords } from './followed-words.ts';

describe('what watches between two looks', () => {
  it.each([
    [false, [], /^Between looks nobody watches: no log is followed\.$/],
    [true, undefined, /^Between looks the logs are followed\.$/],
    [true, ['live', 'catching-up', 'paused'], /^Between looks the logs are followed\.$/],
    [true, ['waiting', 'failed'], /nobody watches: none of two logs can be read/],
    [true, ['failed'], /nobody watches: the one log/],
    [true, ['live', 'waiting', 'live'], /followed; one of three cannot be read/],
  ] as const)('watching %s, logs %j', (watching, states, words) => {
    expect(followedInWords(watching, states)).toMatch(words);
  });

  it.each([
    [1, 1, 'It answered.'],
    [0, 1, 'It did not answer.'],
    [2, 2, 'Both answered.'],
    [3, 3, 'All three answered.'],
    [0, 3, 'None of three answered.'],
    [2, 3, 'Two of three answered.'],
  ])('%i of %i answered', (answered, all, words) => expect(answeredInWords(answered, all)).toBe(words));
});
