import { expect, it } from 'vitest';
import { UNKNOWN_HOST } from '../host.ts';
import { readSave } from '../iptables/read-save.ts';
import { evaluatePacket } from './evaluate.ts';

/** Each chain jumps twice to the next, one time now and then, and another bit of the mark may be set in each. */
function jumps(chains: number): string {
  const names = Array.from({ length: chains }, (_, at) => `c${at}`);
  const rules = names.flatMap((name, at) => {
    const bit = `0x${(1 << (at % 31)).toString(16)}`;
    const next = names[at + 1];
    const on =
      next === undefined
        ? ['-j RETURN']
        : [`-j ${next}`, `-m statistic --mode random --probability 0.5 -j ${next}`];
    return [`-m limit --limit 1/s -j MARK --set-xmark ${bit}/${bit}`, ...on].map(
      (rule) => `-A ${name} ${rule}`,
    );
  });
  const declared = names.map((name) => `:${name} - [0:0]`);
  return ['*filter', ':OUTPUT ACCEPT [0:0]', ...declared, '-A OUTPUT -j c0', ...rules, 'COMMIT', ''].join(
    '\n',
  );
}

it('gives up in time where ways part deep in jumps', () => {
  const read = readSave(jumps(300), 4, 'legacy');
  if (!read.ok) throw new Error(read.error.message);
  const before = process.cpuUsage();
  const { verdict, reason } = evaluatePacket({ tables: read.tables, missing: [] }, UNKNOWN_HOST, {
    direction: 'out',
    version: 4,
    l4proto: 6n,
    daddr: 0x0808_0808n,
    dport: 443n,
    sport: 40_000n,
    skuid: 1_001n,
    skgid: 1_001n,
    oifname: 'eth0',
  });
  const { user, system } = process.cpuUsage(before);
  expect([verdict, reason]).toEqual(['unknown', expect.stringContaining('more ways than can be followed')]);
  // Microseconds of the processor, which other programs on the machine do not lengthen much: it took seven seconds before.
  expect(user + system).toBeLessThan(4_000_000);
}, 20_000);
