import { describe, expect, it } from 'vitest';
import { parseAddress } from '../address.ts';
import type { Statement } from '../model.ts';
import { publicAddresses } from '../prove/space.ts';
import { askInbound } from './inbound.ts';
import { askOutbound, type Sender } from './outbound.ts';
import { PROGRAMS, recorded } from './testing/recorded.ts';

const AGENT: Sender = { uids: [[1_001n, 1_001n]], uid: 1_001n, gid: 1_001n };
const OWN = { 4: parseAddress('192.168.1.5')?.value ?? 0n, 6: parseAddress('2001:db8:1::5')?.value ?? 0n };

const isUnmodelled = ({ kind }: Statement) => kind === 'unmodelled' || kind === 'unmodelledVerdict';

it('has rule sets of the programs that people have', () => {
  expect(PROGRAMS).toEqual(expect.arrayContaining(['docker', 'fail2ban', 'firewalld', 'libvirt', 'ufw']));
});

describe.each(PROGRAMS)('the rules that %s writes', (program) => {
  const { ruleset, host } = recorded(program);

  it('are modelled to the last statement, and nothing is missing', () => {
    const rules = ruleset.tables.flatMap((table) =>
      [...table.chains.values()].flatMap((chain) => chain.rules),
    );
    expect(rules.filter((rule) => rule.statements.some(isUnmodelled)).map((rule) => rule.text)).toEqual([]);
    expect(rules.length).toBeGreaterThan(0);
    expect(ruleset.missing).toEqual([]);
  });

  it('leave no doubt whether an agent gets out', () => {
    for (const version of [4, 6] as const)
      if (program === 'five-lines' && version === 4)
        expect(askOutbound({ ruleset, host }, version, AGENT)).toMatchObject({
          kind: 'closed',
          sample: { verdict: { verdict: 'drop' } },
        });
      else
        expect(askOutbound({ ruleset, host }, version, AGENT)).toMatchObject({
          kind: 'open',
          judged: { packet: { skuid: 1_001n, dport: 443n, oifname: 'eth0' }, verdict: { verdict: 'accept' } },
        });
  });

  it('leave no doubt whether strangers get in', () => {
    for (const version of [4, 6] as const)
      for (const protocol of ['tcp', 'udp'] as const) {
        const answers = [22, 7_890, 8_080, 8_081, 53].map((port) => {
          const target = { version, daddr: OWN[version], protocol, port, iifname: 'eth0' };
          return [port, askInbound({ ruleset, host }, target, publicAddresses(version)).kind];
        });
        expect(answers.filter(([, kind]) => kind === 'unknown')).toEqual([]);
      }
  });
});

it('says what ufw and firewalld let in', () => {
  const ask = (program: string, port: number) =>
    askInbound(
      recorded(program),
      { version: 4, daddr: OWN[4], protocol: 'tcp', port, iifname: 'eth0' },
      publicAddresses(4),
    ).kind;
  expect([22, 7_890, 8_080].map((port) => ask('ufw', port))).toEqual(['open', 'closed', 'closed']);
  expect([22, 7_890, 8_080].map((port) => ask('firewalld', port))).toEqual(['open', 'open', 'closed']);
});
