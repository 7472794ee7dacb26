import { parseAddress } from '../address.ts';
import type { HostContext, HostRoute } from '../host.ts';

/** The host under test, and all values that rules and packets are made of: few, so that rules meet packets. */

export const INTERFACES = [
  { name: 'eth0', addresses: ['10.1.0.1/24', 'fd01::1/64', 'fe80::10/64'] },
  { name: 'eth1', addresses: ['10.2.0.1/24', 'fd02::1/64', 'fe80::20/64'] },
  { name: 'wan0', addresses: ['198.51.100.2/24', '2001:db8:1::2/64', 'fe80::30/64'] },
] as const;

export const ROUTES = [
  { to: 'default', version: 4, device: 'wan0' },
  { to: 'default', version: 6, device: 'wan0' },
  { to: '172.16.0.0/12', version: 4, device: 'eth1' },
  { to: 'fd10::/16', version: 6, device: 'eth1' },
] as const;

function network(text: string): { version: 4 | 6; value: bigint; prefix: number } {
  const [host = '', prefix = ''] = text.split('/');
  const address = parseAddress(host);
  if (!address) throw new Error(`${text} is no address`);
  return { ...address, prefix: Number(prefix) };
}

export const HOST: HostContext = {
  interfaces: [
    { name: 'lo', addresses: [network('127.0.0.1/8'), network('::1/128')] },
    ...INTERFACES.map(({ name, addresses }) => ({ name, addresses: addresses.map(network) })),
  ],
  routes: ROUTES.map(({ to, version, device }): HostRoute => {
    const target = to === 'default' ? { version, value: 0n, prefix: 0 } : network(to);
    return { ...target, oifname: device };
  }),
  forwarding: { 4: true, 6: true },
};

export const UIDS = [0, 1000, 1001, 1002, 1003, 65534, 100_000, 165_535];
export const GIDS = [0, 100, 1000, 1001];
export const PORTS = [22, 53, 80, 443, 4000, 4001, 5353, 7890];
export const MARKS = [0, 1, 2, 3, 0x10, 0xff];
export const TTL_FREE_PROTOCOLS = [47, 50, 89];

/** Where packets of the host go, by which interface, and whether only datagrams can go there. */
export const TARGETS = {
  4: [
    { address: '10.1.0.7', device: 'eth0' },
    { address: '10.1.0.8', device: 'eth0' },
    { address: '10.2.0.9', device: 'eth1' },
    { address: '172.16.3.3', device: 'eth1' },
    { address: '198.51.100.77', device: 'wan0' },
    { address: '8.8.8.8', device: 'wan0' },
    { address: '9.9.9.9', device: 'wan0' },
    { address: '192.168.5.5', device: 'wan0' },
    { address: '224.0.0.251', device: 'eth0', datagrams: true },
    { address: '239.1.2.3', device: 'wan0', datagrams: true },
    { address: '10.1.0.255', device: 'eth0', datagrams: true },
    { address: '255.255.255.255', device: 'wan0', datagrams: true },
    { address: '127.0.0.1', device: 'lo' },
    { address: '127.3.2.1', device: 'lo' },
    { address: '10.2.0.1', device: 'lo' },
  ],
  6: [
    { address: 'fd01::7', device: 'eth0' },
    { address: 'fd01::8', device: 'eth0' },
    { address: 'fd02::9', device: 'eth1' },
    { address: 'fd10::3', device: 'eth1' },
    { address: '2001:db8:1::77', device: 'wan0' },
    { address: '2606:4700::11', device: 'wan0' },
    { address: '2001:db8:9::9', device: 'wan0' },
    { address: 'fe80::99', device: 'eth0' },
    { address: 'ff02::fb', device: 'eth1', datagrams: true },
    { address: '::1', device: 'lo' },
    { address: 'fd02::1', device: 'lo' },
  ],
} as const;

/** Foreign machines that packets come from. */
export const SOURCES = {
  4: ['10.1.0.7', '10.2.0.9', '172.16.3.3', '8.8.8.8', '9.9.9.9', '192.168.5.5'],
  6: ['fd01::7', 'fd02::9', 'fd10::3', '2606:4700::11', '2001:db8:9::9'],
} as const;

/** Networks that rules name, besides single addresses. */
export const NETWORKS = {
  4: [
    '10.0.0.0/8',
    '10.1.0.0/24',
    '10.1.0.0/29',
    '172.16.0.0/12',
    '127.0.0.0/8',
    '224.0.0.0/4',
    '8.0.0.0/7',
    '0.0.0.0/1',
  ],
  6: ['fd00::/8', 'fd01::/64', 'fe80::/10', 'ff00::/8', '2000::/3', '2001:db8::/32', '::/1'],
} as const;

export const RANGES = {
  4: ['10.1.0.1-10.1.0.7', '8.8.8.0-9.9.9.9', '10.1.0.8-10.2.0.9', '127.0.0.2-172.16.3.3'],
  6: ['fd01::1-fd01::7', '2001:db8:1::-2001:db8:9::9', 'fd01::8-fd02::9'],
} as const;

export const ICMP_TYPES = { 4: [0, 3, 8, 13], 6: [1, 128, 129, 135, 143] } as const;
