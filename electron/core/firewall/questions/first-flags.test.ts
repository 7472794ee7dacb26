import { expect, it } from 'vitest';
import { evaluatePacket } from '../evaluate/evaluate.ts';
import type { HostContext } from '../host.ts';
import { mergeListings } from '../merge.ts';
import type { Ruleset } from '../model.ts';
import { provable } from '../prove/provable.ts';
import { inboundSpace, outboundSpace } from '../prove/space.ts';

const HOST: HostContext = {
  interfaces: [{ name: 'eth0', addresses: [{ version: 4, value: 0xc0a8_4d01n, prefix: 24 }] }],
  routes: [],
  forwarding: { 4: false, 6: false },
};

function save(chain: string, ...rules: string[]): Ruleset {
  const text = `*filter\n:${chain} ACCEPT [0:0]\n${rules.map((rule) => `-A ${chain} ${rule}\n`).join('')}COMMIT\n`;
  const found = mergeListings({
    listings: [{ kind: 'save', version: 4, backend: 'legacy', text }],
    missing: [],
  });
  if (!found.ok) throw new Error(found.error.message);
  return found.ruleset;
}

const comingIn = (...rules: string[]) =>
  provable(save('INPUT', ...rules), HOST, inboundSpace(4, 0xc0a8_4d01n, 6n, 7_890)).kind;

const toPort = '-p tcp --dport 7890';

it('knows that a stranger may set PSH, URG, ECE and CWR besides SYN', () => {
  expect(comingIn(`${toPort} --tcp-flags FIN,SYN,RST,PSH,ACK,URG SYN -j DROP`)).toBe('unknown');
  for (const flag of ['PSH', 'URG'])
    expect(comingIn(`${toPort} --tcp-flags SYN,${flag} SYN -j DROP`)).toBe('unknown');
});

it('knows that no listener takes a SYN with FIN, RST or ACK', () => {
  expect(comingIn(`${toPort} --syn -j DROP`)).toBe('proof');
  expect(comingIn(`${toPort} --tcp-flags SYN SYN -j DROP`)).toBe('proof');
});

function leaving(flags: string): string {
  const packet = { direction: 'out', version: 4, l4proto: 6n, daddr: 0x0808_0808n, dport: 443n } as const;
  const rules = save('OUTPUT', `-p tcp --tcp-flags ${flags} -j DROP`);
  return evaluatePacket(rules, HOST, { ...packet, skuid: 1_001n, oifname: 'eth0' }).verdict;
}

it('tells of a packet of this host what does not hang on ECN', () => {
  expect(leaving('FIN,SYN,RST,PSH,ACK,URG SYN')).toBe('drop');
  expect(leaving('FIN,SYN,RST,ACK SYN')).toBe('drop');
  expect(leaving('SYN,ACK SYN,ACK')).toBe('accept');
});

it('cannot tell of a packet of this host whether it asks for ECN', () => {
  const everyFlag = {
    kind: 'match',
    negated: false,
    alternatives: [[{ field: 'tcpFlags', values: { kind: 'numbers', mask: 0xffn, intervals: [[2n, 2n]] } }]],
  } as const;
  const base = { type: 'filter', hook: 'output', priority: 0, policy: 'accept', devices: null } as const;
  const statements = [everyFlag, { kind: 'verdict', verdict: { kind: 'drop' } }] as const;
  const rules: Ruleset = {
    missing: [],
    tables: [
      {
        source: { program: 'nft', backend: null },
        family: 'ip',
        name: 't',
        dormant: false,
        chains: new Map([
          ['c', { name: 'c', base, rules: [{ id: 1, text: 'tcp flags', handle: 1, statements }] }],
        ]),
      },
    ],
  };
  const packet = { direction: 'out', version: 4, l4proto: 6n, daddr: 0x0808_0808n, dport: 443n } as const;
  const found = evaluatePacket(rules, HOST, { ...packet, skuid: 1_001n, oifname: 'eth0' });
  expect(found.verdict).toBe('unknown');
  expect(found.reason).toContain('ECN');
  expect(provable(rules, HOST, outboundSpace(4, [[1_001n, 1_001n]])).kind).not.toBe('proof');
});
