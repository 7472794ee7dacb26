import { expect, it } from 'vitest';
import { inHosts, inSockets, inTracked, plainAddress } from './destinations.ts';

it.each([
  ['::FFFF:1.2.3.4', '1.2.3.4'],
  ['[fe80::1%eth0]', 'fe80::1'],
  ['2001:0DB8:0::0001', '2001:db8::1'],
  ['1.2.3', null],
  ['$(x)', null],
  ['', null],
])('knows an address by one form: %s', (text, expected) => {
  expect(plainAddress(text)).toBe(expected);
});

it('finds connections by their other end only, and is not led astray by what stands beside it', () => {
  const text = [
    'tcp ESTAB 0 0 192.168.1.2:40000 203.0.113.9:443 users:(("x",pid=1,fd=3))',
    'tcp ESTAB 0 0 [::ffff:192.168.1.2]:40001 [::ffff:203.0.113.9]:443',
    'tcp ESTAB 0 0 203.0.113.9:22 192.168.1.9:50000 users:(("203.0.113.9:1",pid=1,fd=3))',
    'tcp ESTAB 0 0 192.168.1.2:40000 203.0.113.90:443',
    'nonsense\u001b[2J',
  ].join('\n');
  const { hits, lines } = inSockets(text, new Set(['203.0.113.9']));
  expect(hits.map(({ what }) => what.slice(0, 40))).toEqual([
    'tcp ESTAB 0 0 192.168.1.2:40000 203.0.11',
    'tcp ESTAB 0 0 [::ffff:192.168.1.2]:40001',
  ]);
  expect(lines).toBe(5);
});

it('takes names from the list of the node, and flows from what the kernel remembers', () => {
  const { hits, addresses } = inHosts(
    '127.0.0.1 localhost\n203.0.113.9 Evil.example evil # x\n',
    'evil.example',
  );
  expect([...addresses]).toEqual(['203.0.113.9']);
  expect(hits).toHaveLength(1);
  const flows =
    'ipv4 2 tcp 6 9 ESTABLISHED src=10.0.0.2 dst=203.0.113.9 sport=1 dport=2\nsrc=10.0.0.2 dst=203.0.113.99\n';
  expect(inTracked(flows, addresses).hits).toHaveLength(1);
});
