import { expect, it } from 'vitest';
import type { PausedNode } from './pause-state.ts';
import { pauseSentence } from './pause-words.ts';

const node = (name: string, is: PausedNode['is']): PausedNode => ({
  node: name,
  name,
  is,
  still: 0,
  why: '',
  at: null,
});

it.each([
  ['running', [], 'Agents are not paused.'],
  ['paused', [], 'There is nothing to pause: no node of the list is known to run agents.'],
  ['paused', [node('miu', 'paused'), node('pi', 'nothing-there')], 'Agents are paused on miu.'],
  ['paused', [node('miu', 'asked')], 'No agent was stopped yet; no answer yet from miu.'],
  [
    'paused',
    [node('miu', 'paused'), node('boa', 'paused'), node('pi', 'not-paused')],
    'Agents are paused on two nodes; not on pi.',
  ],
  ['resuming', [node('pi', 'not-paused'), node('boa', 'asked')], 'Agents run again, but not on boa and pi.'],
] as const)('says how a pause stands: %s %#', (is, nodes, sentence) => {
  expect(pauseSentence(is, nodes)).toBe(sentence);
});
