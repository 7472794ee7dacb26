import { describe, expect, it } from 'vitest';
import { runChecks } from '#core/checks/run.ts';
import type { Facts } from '#shared/domain/facts/facts.ts';
import type { Knock } from '#shared/domain/facts/knocks.ts';
import type { CheckInput } from './check.ts';
import { changed, inputFor, listening, NOW, withoutSubject } from './testing/facts-builder.ts';
import { nftRules, withFirewall } from './testing/firewall-facts.ts';
import { accept, drop } from './testing/firewall-situations.ts';
import { plainNode } from './testing/hardened-node.ts';
import { hardened } from './testing/situations.ts';

const OWN = '192.168.1.24';
const knocked = (port: number, outcome: Knock['outcome'], address = OWN): Knock => ({
  address,
  port,
  outcome,
  from: '192.168.1.7',
});

/** The node with what the console reached on it. */
const reached = (facts: Facts, knocks: Knock[], why: string | null = null): Facts => ({
  ...facts,
  knocks: { received: { at: NOW, knocks, why }, made: [] },
});

function found(facts: Facts, others: NonNullable<CheckInput['knocks']> = []) {
  const [finding] = runChecks(inputFor(facts, { knocks: others }), { only: ['outside-in'] });
  if (finding === undefined) throw new Error('no finding');
  return finding;
}

/** Rules of the input hook: nobody reaches this port. */
const closedAt = (port: number) =>
  withFirewall({
    nftJson: nftRules(
      [
        [{ match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: port } }, drop],
        [accept],
      ],
      { hook: 'input' },
    ),
    saves: [],
  });

const OPEN = withFirewall({ nftJson: nftRules([], { hook: 'input' }), saves: [] });
const SEVEN = knocked(7_890, 'open');

describe('what others reach', () => {
  it.each<[string, Facts, string, RegExp]>([
    ['nobody knocked', hardened, 'unknown', /could not see/],
    ['only the machine itself could', reached(hardened, [], 'inside'), 'unknown', /could not see/],
    ['no way led to it', reached(OPEN, [knocked(7_890, 'unreachable')]), 'unknown', /could not see/],
    ['what listens answers', reached(OPEN, [SEVEN, knocked(22, 'refused')]), 'pass', /and no more/],
    [
      'what the rules stop answers',
      reached(closedAt(7_890), [SEVEN]),
      'fix',
      /packet rules should stop that/,
    ],
    [
      'what the rules stop is silent',
      reached(closedAt(7_890), [knocked(7_890, 'no-answer'), knocked(22, 'refused')]),
      'pass',
      /no more/,
    ],
    [
      'nothing is seen to listen',
      reached(OPEN, [SEVEN, knocked(8_080, 'open')]),
      'fix',
      /nothing on it is seen/,
    ],
    [
      'what listens on loopback answers',
      reached(OPEN, [knocked(11_434, 'open')]),
      'fix',
      /127\.0\.0\.1 only/,
    ],
    [
      'the API is shut by something between',
      reached(OPEN, [knocked(7_890, 'no-answer'), knocked(22, 'refused')]),
      'review',
      /cannot reach/,
    ],
    ['the sockets were not seen', reached(withoutSubject(OPEN, 'sockets'), [SEVEN]), 'unknown', /sockets/],
    [
      'the rules were not seen',
      reached(withoutSubject(OPEN, 'firewall'), [SEVEN]),
      'unknown',
      /could not be seen/,
    ],
    [
      'an address that is not of the node',
      reached(OPEN, [knocked(7_890, 'open', '10.9.9.9')]),
      'unknown',
      /translates/,
    ],
  ])('%s', (_situation, facts, status, summary) => {
    const finding = found(facts);
    expect([finding.status, finding.summary]).toEqual([status, finding.summary]);
    expect(finding.summary).toMatch(summary);
    if (status === 'fix') expect(finding.fix.length).toBeGreaterThan(0);
  });

  it('takes nothing for closed where nothing answered at all, or no way led', () => {
    const silent = [knocked(7_890, 'no-answer'), knocked(22, 'no-answer')];
    expect(found(reached(closedAt(7_890), silent)).status).toBe('unknown');
    const mixed = found(reached(OPEN, [SEVEN, knocked(22, 'unreachable')]));
    expect(mixed.evidence.map(({ seen, status }) => [seen, status])).toContainEqual([
      'no way led there',
      'not-applicable',
    ]);
    expect(mixed.evidence.some(({ seen }) => seen === 'closed')).toBe(false);
  });

  it('takes a port that a container publishes as what its settings say', () => {
    const container = {
      id: 'c',
      name: 'grafana',
      image: 'grafana',
      running: true,
      privileged: false,
      user: '',
      ports: [{ hostAddress: '', hostPort: 3_000, containerPort: 3_000, protocol: 'tcp' }],
    };
    const facts = changed(OPEN, 'containers', (value) => {
      value.engines = [{ ...value.engines[0], name: 'docker', containers: [container] } as never];
    });
    expect(found(reached(facts, [knocked(3_000, 'open')])).status).toBe('pass');
  });

  it('hears other nodes, for a week', () => {
    const from = (days: number) => [
      {
        nodeName: 'miu',
        at: new Date(Date.parse(NOW) - days * 86_400_000).toISOString(),
        knocks: [knocked(8_080, 'open')],
        why: null,
      },
    ];
    expect(found(OPEN, from(1)).summary).toMatch(/answers miu/);
    expect(found(OPEN, from(8)).status).toBe('unknown');
  });

  it('asks the rules about the machine that knocked, and no other', () => {
    const facts = withFirewall({
      nftJson: nftRules(
        [
          [
            {
              match: {
                op: '==',
                left: { payload: { protocol: 'ip', field: 'saddr' } },
                right: '192.168.1.7',
              },
            },
            accept,
          ],
          [
            { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 7_890 } },
            drop,
          ],
        ],
        { hook: 'input' },
      ),
      saves: [],
    });
    expect(found(reached(facts, [SEVEN])).status).toBe('pass');
    expect(found(reached(facts, [{ ...SEVEN, from: '192.168.1.8' }])).status).toBe('fix');
  });

  it('lets a socket of IPv6 answer IPv4 where it was not told otherwise', () => {
    const both = (ipv6Only: boolean | null) =>
      changed(OPEN, 'sockets', (value) => {
        value.listening = [listening('::', 7_890, 1_001, { family: 6, ipv6Only })];
      });
    expect(found(reached(both(null), [SEVEN])).status).toBe('pass');
    expect(found(reached(both(true), [SEVEN])).status).toBe('fix');
  });

  it('does not judge a node without mycoSwarm', () => {
    expect(found(reached(plainNode(), [knocked(8_080, 'open')])).status).toBe('not-applicable');
  });
});
