import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_IDS, type CheckId } from './check-id.ts';
import { type FindingStatus, findingStatus } from './finding.ts';
import { type NodeInBrief, sentenceOfTheDay } from './sentence.ts';

function node(name: string, change: Partial<NodeInBrief> = {}): NodeInBrief {
  return {
    name,
    sample: false,
    level: 2,
    looked: true,
    away: false,
    acceptedUntil: null,
    open: [],
    ...change,
  };
}
const open = (...entries: [CheckId, FindingStatus][]): Pick<NodeInBrief, 'open'> => ({
  open: entries.map(([check, status]) => ({ check, status })),
});
const many = (count: number, change: Partial<NodeInBrief> = {}): NodeInBrief[] =>
  Array.from({ length: count }, (_, index) => node(`node-${index + 1}`, change));

describe('the sentence of the day', () => {
  const cases: [string, NodeInBrief[], string][] = [
    ['no node', [], 'No node yet. Start with the computer in front of you.'],
    ['nobody looked', [node('miu', { looked: false })], 'We have not looked at miu yet.'],
    ['never reached', [node('pi', { looked: false, away: true })], 'pi could not be reached yet.'],
    [
      'two doors',
      [
        node('miu', open(['outbound-firewall', 'fix'])),
        node('boa', open(['service-bindings', 'fix'])),
        node('uncho'),
      ],
      'Two doors are open: miu to the internet, boa to every network.',
    ],
    [
      'something that needed fixing and is out of sight now, before what is to decide',
      [node('miu', { ...open(['tool-log', 'review']), hidden: { count: 2, day: '20 November' } })],
      'Two things on miu could not be seen by the last look; they needed fixing on 20 November.',
    ],
    [
      'the same behind a door, on two nodes and two days',
      [
        node('miu', { ...open(['outbound-firewall', 'fix']), hidden: { count: 1, day: '20 November' } }),
        node('boa', { hidden: { count: 1, day: '21 November' } }),
      ],
      'The agent on miu can send data to the internet. Two things on miu and boa could not be seen by the last look; they needed fixing when seen last.',
    ],
    [
      'one node with two doors, and other things that wait',
      [node('miu', open(['service-bindings', 'fix'], ['outbound-firewall', 'fix'], ['os-updates', 'fix']))],
      'The agent on miu can send data to the internet; the machine answers on every network.',
    ],
    [
      'one node whose agent has two doors',
      [node('vm', open(['outbound-firewall', 'fix'], ['peer-allowlist', 'fix']))],
      'The agent on vm can send data to the internet and hands the swarm secret to any machine that asks.',
    ],
    [
      'one node with every door',
      [
        node(
          'vm',
          open(
            ['ssh-server', 'fix'],
            ['outbound-firewall', 'fix'],
            ['peer-allowlist', 'fix'],
            ['service-bindings', 'fix'],
          ),
        ),
        node('boa'),
      ],
      'The agent on vm can send data to the internet and hands the swarm secret to any machine that asks; the machine lets passwords be guessed and answers on every network.',
    ],
    [
      'two nodes with several doors each',
      [
        node('miu', open(['outbound-firewall', 'fix'], ['peer-allowlist', 'fix'], ['ssh-server', 'fix'])),
        node('boa', open(['service-bindings', 'fix'])),
      ],
      'Four doors are open: miu to the internet, to any machine that asks and to whoever guesses a password; boa to every network.',
    ],
    [
      'one thing to fix that is no door',
      [node('miu', open(['source-read-only', 'fix'])), node('boa')],
      'The agent on miu can rewrite its own program.',
    ],
    [
      'several things to fix on one node',
      [node('miu', open(['dedicated-user', 'fix'], ['sandbox-mode', 'fix'], ['tool-log', 'fix']))],
      'Three things to fix on miu.',
    ],
    [
      'several things to fix on several nodes, the most first',
      [
        node('boa', open(['sandbox-mode', 'fix'])),
        node('miu', open(['dedicated-user', 'fix'], ['sandbox-mode', 'fix'])),
      ],
      'Three things to fix: two on miu and one on boa.',
    ],
    [
      'something to decide',
      [node('naru', open(['plugin-inventory', 'review'])), node('miu')],
      'One thing on naru is for you to decide.',
    ],
    [
      'things to decide on two nodes',
      [
        node('naru', open(['plugin-inventory', 'review'])),
        node('miu', open(['unused-interfaces', 'review'])),
      ],
      'Two things on naru and miu are for you to decide.',
    ],
    [
      'something that could not be seen',
      [node('pi', open(['swarm-secret', 'unknown']))],
      'We could not look at everything on pi.',
    ],
    ['one node and nothing to do', [node('uncho')], 'Nothing needs you. uncho stands on Fenced.'],
    [
      'an accepted risk',
      [node('boa', { level: 0, acceptedUntil: '12 December' })],
      'Nothing needs you. boa stands on Exposed, with a risk accepted until 12 December.',
    ],
    ['two nodes on one step', [node('miu'), node('boa')], 'Nothing needs you. Both nodes stand on Fenced.'],
    [
      'five nodes, one weaker',
      [...many(4, { level: 3 }), node('boa', { level: 1 })],
      'Nothing needs you. boa is the weakest of five, on Contained.',
    ],
    [
      'five nodes, two weaker',
      [...many(3, { level: 4 }), node('boa', { level: 1 }), node('miu', { level: 1 })],
      'Nothing needs you. boa and miu are the weakest of five, on Contained.',
    ],
    ['two hundred nodes', many(200, { level: 4 }), 'Nothing needs you. All 200 nodes stand on Proven.'],
    [
      'two hundred open doors',
      many(200, open(['service-bindings', 'fix'])),
      '200 doors are open: node-1 to every network, node-2 to every network, node-3 to every network and 197 more nodes.',
    ],
    ['no mycoSwarm', [node('miu', { level: null })], 'Nothing needs you. mycoSwarm was not found on miu.'],
    [
      'one asleep, the others fine',
      [node('uncho'), node('pi', { away: true })],
      'Nothing needs you. uncho stands on Fenced. pi does not answer; its findings are from before.',
    ],
    [
      'one asleep with something to fix',
      [node('pi', { away: true, ...open(['service-bindings', 'fix']) })],
      'pi answers on every network. pi does not answer; its findings are from before.',
    ],
    [
      'all asleep',
      [node('pi', { away: true }), node('boa', { away: true })],
      'pi and boa do not answer; their findings are from before.',
    ],
    [
      'one fine, one new',
      [node('uncho'), node('pi', { looked: false, level: null })],
      'Nothing needs you. uncho stands on Fenced. We have not looked at pi yet.',
    ],
    [
      'only the sample',
      [node('sample', { sample: true, ...open(['service-bindings', 'fix']) })],
      'This is a sample. sample answers on every network.',
    ],
    [
      'a sample beside a real node does not count',
      [node('sample', { sample: true, ...open(['service-bindings', 'fix']) }), node('uncho')],
      'Nothing needs you. uncho stands on Fenced.',
    ],
  ];
  it.each(cases)('%s', (_, nodes, sentence) => {
    expect(sentenceOfTheDay(nodes)).toBe(sentence);
  });

  it('cuts a long name and takes away what would turn it round', () => {
    const said = sentenceOfTheDay([node(`\u202e${'ab'.repeat(100)}\n\u001b[31m`)]);
    expect(said).toMatch(/^Nothing needs you\. (ab)+a?… stands on Fenced\.$/);
    expect(said.length).toBeLessThan(80);
  });

  const anyNode = fc.record({
    name: fc.string({ unit: 'binary', maxLength: 256 }),
    sample: fc.boolean(),
    level: fc.constantFrom(null, 0 as const, 1 as const, 2 as const, 3 as const, 4 as const),
    looked: fc.boolean(),
    away: fc.boolean(),
    acceptedUntil: fc.constantFrom(null, '12 December'),
    open: fc.array(
      fc.record({ check: fc.constantFrom(...CHECK_IDS), status: fc.constantFrom(...findingStatus.options) }),
      { maxLength: 6 },
    ),
  });
  it('is always one line of bounded length, and never says that nothing needs you while something does', {
    timeout: 30_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(anyNode, { maxLength: 12 }), (nodes) => {
        const said = sentenceOfTheDay(nodes);
        expect(said.length).toBeGreaterThan(0);
        expect(said.length).toBeLessThanOrEqual(512);
        expect(said).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
        const counting = nodes.some((entry) => !entry.sample)
          ? nodes.filter((entry) => !entry.sample)
          : nodes;
        const needs = counting.some(
          (entry) => entry.looked && entry.open.some(({ status }) => status === 'fix' || status === 'review'),
        );
        if (needs) expect(said).not.toContain('Nothing needs you');
      }),
      { numRuns: 500 },
    );
  });
});
