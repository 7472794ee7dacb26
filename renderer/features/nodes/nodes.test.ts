import { describe, expect, it } from 'vitest';
import type { Standing } from '#shared/contract/findings.ts';
import type { SwarmNode } from '#shared/domain/node.ts';
import { announcedWords, configNote, skewWords, strangersSentence } from './found-words.ts';
import { listedNodes, nextRow } from './nodes-order.ts';
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

describe('the list of nodes', () => {
  const standing = (name: string, counts: Partial<Standing['counts']>): Standing => ({
    node: name,
    nodeName: name,
    sample: false,
    level: 1,
    heldBy: [],
    counts: { pass: 9, fix: 0, review: 0, unknown: 0, notApplicable: 0, waived: 0, ...counts },
    lookedAt: AT,
    away: false,
    acceptedUntil: null,
  });
  const all = {
    nodes: [
      node('boa'),
      node('miu'),
      node('naru', { lastLookAt: '2026-11-20T19:17:00.000Z', lastError: 'no answer' }),
      node('pi', { address: { kind: 'ssh', host: 'attic.local', port: 22 } }),
    ],
    standings: [
      standing('boa', {}),
      standing('miu', { review: 3 }),
      standing('naru', {}),
      standing('pi', { fix: 1 }),
    ],
    glances: [{ node: 'boa', skewMs: -5_000, mycoSwarm: null }],
  };
  const names = (...[typed, order]: [string, Parameters<typeof listedNodes>[2]]) =>
    listedNodes(all, typed, order).map((listed) => listed.node.name);

  it('has its orders', () => {
    expect(names('', 'worst')).toEqual(['pi', 'miu', 'naru', 'boa']);
    expect(names('', 'name')).toEqual(['boa', 'miu', 'naru', 'pi']);
    expect(names('', 'unseen')[0]).toBe('naru');
    expect(names('', 'clock')[0]).toBe('boa');
  });

  it('is searched by all words, in names, addresses, levels and states', () => {
    expect(names('ATTIC', 'name')).toEqual(['pi']);
    expect(names('no answer', 'name')).toEqual(['naru']);
    expect(names('contained i', 'name')).toEqual(['boa', 'miu', 'naru', 'pi']);
    expect(names('miu pi', 'name')).toEqual([]);
  });

  it('is gone through by arrows, not beyond its ends', () => {
    const rows = ['a', 'b', 'c'];
    expect(nextRow('ArrowDown', rows, 'a')).toBe('b');
    expect(nextRow('ArrowUp', rows, 'a')).toBeNull();
    expect(nextRow('End', rows, 'a')).toBe('c');
    expect(nextRow('Home', rows, 'c')).toBe('a');
    expect(nextRow('x', rows, 'c')).toBeNull();
    expect(nextRow('Home', rows, 'else')).toBeNull();
  });
});

describe('words of what was found', () => {
  it.each([
    [null, null],
    [-1_999, null],
    [2_000, 'clock 2 s ahead'],
    [-90_000, 'clock 90 s behind'],
    [600_000, 'clock 10 min ahead'],
    [-86_400_000, 'clock 24 h behind'],
    [864_000_000, 'clock 10 days ahead'],
  ])('say of %s ms %s', (skewMs, words) => {
    expect(skewWords(skewMs)).toBe(words);
  });

  it('say what a stranger takes for itself', () => {
    const stranger = {
      name: 'x',
      from: '10.0.0.9',
      addresses: ['10.0.0.9', '10.0.0.8'],
      port: 9_999,
      version: '0.2.16',
      heardAt: AT,
      known: null,
      claims: null,
    };
    expect(strangersSentence([{ ...stranger, known: 'boa' }])).toBeNull();
    expect(strangersSentence([stranger])).toContain('One machine');
    expect(strangersSentence([stranger, stranger])).toContain('Two machines');
    const plain = '10.0.0.9, announces port 9999 · says it is mycoSwarm 0.2.16 · ';
    expect(announcedWords(stranger, [])).toBe(`${plain}also 10.0.0.8`);
    expect(announcedWords({ ...stranger, claims: 'boa' }, [node('boa')])).toBe(
      `${plain}gives an address of boa for itself`,
    );
  });

  it('say how many blocks were passed over', () => {
    const config = { file: 'x', found: true, hosts: [], leftOut: 0, problems: [] };
    expect(configNote(config)).toBe('0 hosts');
    expect(configNote({ ...config, leftOut: 2 })).toContain('2 Match blocks were passed over');
  });
});
