import { describe, expect, it } from 'vitest';
import type { SwarmNode } from '#shared/domain/node.ts';
import { nodesSentence } from './nodes-sentence.ts';
import { readTyped } from './profile-fields.ts';

const AT = '2026-11-21T19:17:00.000Z';

function node(name: string, more: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id: name,
    name,
    address: { kind: 'local' },
    addedAt: AT,
    lastLookAt: AT,
    lastError: null,
    ...more,
  };
}

describe('nodesSentence', () => {
  it.each([
    [[], 'No node yet.'],
    [[node('boa')], 'One node, and it answers.'],
    [
      [node('sample', { address: { kind: 'recorded', sample: true } })],
      'Only recordings are here: no node of your own yet.',
    ],
    [[node('boa', { lastError: 'no answer' })], 'One node, and it does not answer.'],
    [[node('boa', { lastLookAt: null })], 'One node, not looked at yet.'],
    [[node('boa'), node('pi', { lastError: 'no answer' })], 'Two nodes. pi did not answer at the last look.'],
    [
      [node('boa', { lastError: 'x' }), node('pi', { lastError: 'x' })],
      'Two nodes, and none of them answers.',
    ],
  ])('says %#', (nodes, sentence) => {
    expect(nodesSentence(nodes)).toBe(sentence);
  });

  it('shows a name that wants to mislead as it is', () => {
    const nodes = [node('boa'), node('\u202eaob', { lastError: 'x' })];
    expect(nodesSentence(nodes)).toContain('\\u{202e}aob');
  });
});

describe('readTyped', () => {
  it.each([
    ['word', '  ', { state: 'as-found' }],
    ['word', ' agent ', { state: 'value', value: 'agent' }],
    ['path', '/srv/work', { state: 'value', value: '/srv/work' }],
    ['port', '7890', { state: 'value', value: 7_890 }],
  ] as const)('reads a %s from %j', (kind, text, value) => {
    expect(readTyped(kind, text)).toEqual(value);
  });

  it.each([
    ['path', 'srv/work'],
    ['port', '0'],
    ['port', '65536'],
    ['port', '78 90'],
    ['port', '-1'],
    ['port', '1e3'],
  ] as const)('refuses a %s like %j', (kind, text) => {
    expect(readTyped(kind, text).state).toBe('wrong');
  });
});
