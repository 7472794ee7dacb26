import { expect, it } from 'vitest';
import type { NodeSecret, SecretsSeen } from '#shared/domain/rotation/secrets.ts';
import { secretsSentence } from './secrets-sentence.ts';

const NOW = Date.parse('2026-11-21T19:20:00.000Z');

function node(name: string, more: Partial<NodeSecret> = {}): NodeSecret {
  return {
    node: name,
    name,
    seen: 'there',
    why: '',
    changedAt: '2026-10-11T10:00:00.000Z',
    pending: false,
    group: 1,
    isOurs: true,
    dueInDays: 49,
    ...more,
  };
}

function seen(nodes: NodeSecret[], same: boolean | null): SecretsSeen {
  const incomplete = nodes.some((one) => one.seen === 'unseen');
  return { lookedAt: '2026-11-21T19:20:00.000Z', nodes, same, incomplete, maxAgeDays: 90, sentence: '' };
}

const away = { seen: 'unseen', why: 'asleep', changedAt: null, pending: null, group: null } as const;
const none = { seen: 'none', changedAt: null, pending: null, group: null } as const;

it.each([
  [[node('miu'), node('boa')], true, 'All two nodes have the same secret, 41 days old.'],
  [[node('miu'), node('boa', away)], null, 'miu has a secret, 41 days old; boa could not be asked.'],
  [
    [node('miu'), node('uncho'), node('boa', away)],
    true,
    'Two nodes have the same secret, 41 days old; boa could not be asked.',
  ],
  [
    [node('miu'), node('boa', { group: 2 })],
    false,
    'The nodes have two different secrets, and refuse each other.',
  ],
  [[node('miu'), node('boa', none)], null, 'boa has no secret; the others do.'],
  [[node('miu'), node('boa', { pending: true })], true, 'boa has a new secret that is not in force yet.'],
  [[node('miu', none)], null, 'This swarm has no secret yet: whoever asks a node is answered.'],
  [[node('miu', away)], null, 'No node could be asked for its secret.'],
  [[], null, 'There is no node that could have a secret yet.'],
] as const)('says how the secret is: %#', (nodes, same, sentence) => {
  expect(secretsSentence(seen([...nodes], same), NOW)).toBe(sentence);
});
