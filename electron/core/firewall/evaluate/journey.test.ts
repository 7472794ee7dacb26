import { describe, expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import type { Hook, NatTarget, Statement } from '../model.ts';
import type { Packet } from '../packet.ts';
import { HOME, judge, ONE } from './testing/home.ts';
import { base, chain, is, named, rule, ruleset, setMark, table, v } from './testing/models.ts';

const CONTAINER = 0xac11_0002n;
const NOTRACK: Statement = { kind: 'notrack' };

function nat(type: 'dnat' | 'snat' | 'masquerade' | 'redirect', target: Partial<NatTarget> = {}): Statement {
  return {
    kind: 'nat',
    type,
    entries: [{ conditions: [], target: { address: null, port: null, ...target } }],
  };
}

function natAt(hook: Hook, ...statements: readonly Statement[]) {
  const priority = hook === 'postrouting' || hook === 'input' ? 100 : -100;
  return table('ip', 'nat', [chain(hook, base(hook, { type: 'nat', priority }), [rule(statements)])]);
}

function filterAt(hook: Hook, ...statements: readonly Statement[]) {
  return table('ip', 'filter', [chain(hook, base(hook), [rule(statements)])]);
}

const arriving: Partial<Packet> = {
  direction: 'in',
  iifname: 'eth0',
  saddr: 0x0808_0808n,
  daddr: ONE,
  skuid: undefined,
  skgid: undefined,
  oifname: undefined,
};
const outcomes = (rules: Parameters<typeof judge>[0], changes: Partial<Packet> = {}) =>
  judge(rules, changes, HOME).path.map(({ hook, outcome }) => `${hook} ${outcome}`);

describe('translation of the destination', () => {
  const toContainer = nat('dnat', { address: [CONTAINER, CONTAINER], port: [80n, 80n] });

  it('sends what came in on to a container: forward, not input', () => {
    const rules = (hook: Hook) =>
      ruleset(natAt('prerouting', toContainer), filterAt(hook, is('dport', 80n), v('drop')));
    expect(judge(rules('input'), arriving, HOME).verdict).toBe('accept');
    expect(judge(rules('forward'), arriving, HOME).verdict).toBe('drop');
    expect(outcomes(rules('forward'), arriving)).toContain('prerouting dnat to 172.17.0.2:80');
  });

  it('leaves by the interface that the routes name', () => {
    const rules = ruleset(
      natAt('prerouting', toContainer),
      filterAt('forward', named('oifname', 'docker0'), v('drop')),
    );
    expect(judge(rules, arriving, HOME).verdict).toBe('drop');
    expect(judge(rules, arriving, { ...HOME, routes: null }).verdict).toBe('unknown');
  });

  it('goes nowhere on a host that does not forward', () => {
    const told = judge(ruleset(natAt('prerouting', toContainer)), arriving, {
      ...HOME,
      forwarding: { 4: false, 6: false },
    });
    expect(told).toMatchObject({ verdict: 'drop', reason: 'The host does not forward IPv4 packets.' });
    expect(judge(ruleset(natAt('prerouting', toContainer)), arriving).verdict).toBe('unknown');
  });

  it('brings what goes out back by lo when the new address is the host itself', () => {
    const rules = ruleset(
      natAt('output', nat('redirect', { port: [8080n, 8080n] })),
      filterAt('input', is('dport', 8080n), v('reject')),
    );
    expect(judge(rules, {}, HOME).verdict).toBe('reject');
  });

  it('shows the new interface behind output, and the old one in it', () => {
    const rules = (hook: Hook, name: string) =>
      ruleset(
        natAt('output', nat('dnat', { address: [CONTAINER, CONTAINER] })),
        filterAt(hook, named('oifname', name), v('drop')),
      );
    expect(judge(rules('output', 'eth0'), {}, HOME).verdict).toBe('drop');
    expect(judge(rules('output', 'docker0'), {}, HOME).verdict).toBe('accept');
    expect(judge(rules('postrouting', 'docker0'), {}, HOME).verdict).toBe('drop');
    expect(judge(rules('postrouting', 'eth0'), {}, HOME).verdict).toBe('accept');
  });

  it('is done once: the first mapping ends it, and lo does not begin it again', () => {
    const twice = table('ip', 'nat', [
      chain('late', base('output', { type: 'nat', priority: -90 }), [rule([v('drop')])]),
      chain('early', base('output', { type: 'nat', priority: -110 }), [rule([nat('redirect')])]),
      chain('again', base('prerouting', { type: 'nat', priority: -100 }), [rule([v('drop')])]),
    ]);
    expect(judge(ruleset(twice), {}, HOME).verdict).toBe('accept');
  });

  it('sets the status of the connection', () => {
    const rules = (address: bigint) =>
      ruleset(natAt('output', nat('dnat', { address: [address, address] })), {
        ...filterAt(
          'output',
          {
            kind: 'match',
            negated: false,
            alternatives: [
              [{ field: 'ctStatus', values: { kind: 'numbers', mask: 0x20n, intervals: [[1n, 0x20n]] } }],
            ],
          },
          v('drop'),
        ),
      });
    expect(judge(rules(CONTAINER), {}, HOME).verdict).toBe('drop');
    expect(judge(rules(0x0a09_0002n), {}, HOME).verdict).toBe('accept');
  });

  it('to one of several cannot be told where it matters', () => {
    const range = nat('dnat', { address: [CONTAINER, CONTAINER + 1n] });
    const rules = (asked: bigint) =>
      ruleset(natAt('output', range), filterAt('postrouting', is('daddr', asked), v('drop')));
    expect(judge(rules(CONTAINER), {}, HOME).verdict).toBe('unknown');
    expect(judge(rules(CONTAINER + 5n), {}, HOME).verdict).toBe('accept');
  });
});

describe('translation of the source', () => {
  it('is seen behind it only', () => {
    const other = 0x0a09_0063n;
    const rules = (priority: number) =>
      ruleset(
        natAt('postrouting', nat('snat', { address: [other, other] })),
        table('ip', 'filter', [
          chain('p', base('postrouting', { priority }), [rule([is('saddr', other), v('drop')])]),
        ]),
      );
    expect(judge(rules(50), {}, HOME).verdict).toBe('accept');
    expect(judge(rules(150), {}, HOME).verdict).toBe('drop');
    expect(
      judge(rules(150), { ...arriving, direction: 'forward', daddr: CONTAINER, oifname: 'docker0' }, HOME)
        .verdict,
    ).toBe('drop');
  });
});

describe('what goes to many', () => {
  it('may find its translation settled by the copy for the host itself', () => {
    const other = 0x0a09_0063n;
    const snat = natAt('postrouting', is('skuid', 1001n), nat('snat', { address: [other, other] }));
    const asks = (daddr: bigint) =>
      judge(
        ruleset(
          snat,
          table('ip', 'filter', [
            chain('p', base('postrouting', { priority: 150 }), [rule([is('saddr', other), v('drop')])]),
          ]),
        ),
        { daddr },
        HOME,
      );
    expect(asks(0x0a09_00ffn)).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('copy') });
    expect(asks(0x0a09_0002n).verdict).toBe('drop');
  });
});

describe('connection tracking', () => {
  const invalidAt = (priority: number) =>
    ruleset(
      table('inet', 'f', [chain('o', base('output', { priority }), [rule([is('ctState', 1n), v('drop')])])]),
    );

  it('has seen nothing before its place', () => {
    expect(judge(invalidAt(-300)).verdict).toBe('drop');
    expect(judge(invalidAt(-150)).verdict).toBe('accept');
    expect(judge(invalidAt(-200)).verdict).toBe('unknown');
  });

  it.each([
    [4, 1n, 8n, 8n],
    [4, 1n, 0n, 1n],
    [4, 1n, 3n, 1n],
    [6, 58n, 128n, 8n],
    [6, 58n, 135n, 64n],
    [6, 58n, 143n, 64n],
    [6, 58n, 1n, 1n],
    [6, 58n, 137n, 1n],
  ] as const)(
    'takes ICMP over IPv%i (protocol %i), type %i for state %i',
    (version, l4proto, icmpType, state) => {
      const rules = ruleset(
        table('inet', 'f', [chain('o', base('output'), [rule([is('ctState', state), v('drop')])])]),
      );
      const packet = { version, l4proto, icmpType, sport: undefined, dport: undefined };
      expect(judge(rules, packet).verdict).toBe('drop');
      expect(judge(rules, { ...packet, icmpType: undefined }).verdict).toBe('unknown');
    },
  );

  it.each([
    [4, 58n],
    [6, 1n],
  ] as const)('takes ICMP of the other family over IPv%i (protocol %i) for invalid', (version, l4proto) => {
    const rules = ruleset(
      table('inet', 'f', [chain('o', base('output'), [rule([is('ctState', 1n), v('drop')])])]),
    );
    const packet = { version, l4proto, icmpType: 128n, sport: undefined, dport: undefined };
    expect(judge(rules, packet).verdict).toBe('drop');
  });

  it('happens only where a rule needs it: else chains of type nat see nothing', () => {
    const drop = natAt('output', v('drop'));
    expect(judge(ruleset(drop)).verdict).toBe('accept');
    expect(judge(ruleset(drop, filterAt('forward', is('ctState', 8n), v('accept')))).verdict).toBe('drop');
    const strange = filterAt('forward', { kind: 'unmodelled', text: 'helper' }, v('accept'));
    expect(judge(ruleset(drop, strange)).verdict).toBe('unknown');
  });

  it('is switched off by notrack before its place, and then nothing is translated', () => {
    const off = (priority: number) =>
      ruleset(
        table('ip', 'raw', [chain('o', base('output', { priority }), [rule([NOTRACK])])]),
        natAt('output', v('drop')),
        filterAt('output', is('ctState', 64n), v('reject')),
      );
    expect(judge(off(-300)).verdict).toBe('reject');
    expect(judge(off(-150)).verdict).toBe('drop');
  });

  it('has a mark only for a connection', () => {
    const rules = (priority: number) =>
      ruleset(
        table('inet', 'f', [
          chain('early', base('output', { priority }), [rule([setMark(5n, 'ctMark')])]),
          chain('late', base('output', { priority: 20 }), [rule([is('ctMark', 5n), v('drop')])]),
        ]),
      );
    expect(judge(rules(-150)).verdict).toBe('drop');
    expect(judge(rules(-300)).verdict).toBe('accept');
  });
});

describe('the way of a packet', () => {
  it('of another machine goes through prerouting, forward, postrouting and egress', () => {
    const counting = (['prerouting', 'input', 'forward', 'output', 'postrouting'] as const).map((hook) =>
      chain(hook, base(hook), []),
    );
    const rules = ruleset(
      table('inet', 'all', counting),
      table('netdev', 'dev', [
        chain('in', base('ingress', { devices: ['eth0'] }), []),
        chain('out', base('egress', { devices: ['docker0'] }), []),
      ]),
    );
    const hooks = (changes: Partial<Packet>) => judge(rules, changes, HOME).path.map(({ hook }) => hook);
    expect(hooks({ ...arriving, direction: 'forward', daddr: CONTAINER })).toEqual([
      'ingress',
      'prerouting',
      'forward',
      'postrouting',
      'egress',
    ]);
    expect(hooks(arriving)).toEqual(['ingress', 'prerouting', 'input']);
    expect(hooks({})).toEqual(['output', 'postrouting']);
    expect(hooks({ daddr: 0x7f00_0001n, oifname: undefined })).toEqual([
      'output',
      'postrouting',
      'prerouting',
      'input',
    ]);
  });

  it('does not lead frames for several machines on', () => {
    const toGroup = nat('dnat', { address: [CONTAINER, CONTAINER] });
    expect(
      judge(ruleset(natAt('prerouting', toGroup)), { ...arriving, daddr: 0xe000_00fbn }, HOME).verdict,
    ).toBe('drop');
  });

  it('shows the translation of what may go to many, where the host is not known', () => {
    const rules = ruleset(natAt('postrouting', nat('masquerade')));
    for (const host of [HOME, UNKNOWN_HOST])
      expect(judge(rules, { daddr: 0x0808_0808n }, host).path).toContainEqual(
        expect.objectContaining({ hook: 'postrouting', outcome: 'masquerade' }),
      );
  });
});
