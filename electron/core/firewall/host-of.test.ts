import { describe, expect, it } from 'vitest';
import type { InterfaceFacts } from '#shared/domain/facts/network.ts';
import { parseAddress } from './address.ts';
import { hostOf } from './host-of.ts';

const LO: InterfaceFacts['interfaces'][number] = {
  name: 'lo',
  kind: 'loopback',
  up: true,
  carrier: null,
  mac: null,
  master: null,
  addresses: [{ family: 4, address: '127.0.0.1', prefix: 8, scope: 'host' }],
  receivedBytes: null,
  sentBytes: null,
};

const FACTS: InterfaceFacts = {
  interfaces: [
    LO,
    {
      ...LO,
      name: 'eth0',
      kind: 'ethernet',
      addresses: [{ family: 6, address: 'fe80::1', prefix: 64, scope: 'link' }],
    },
  ],
  routes: [
    { family: 4, destination: 'default', gateway: '192.168.1.1', interface: 'eth0' },
    { family: 6, destination: '2001:db8::/32', gateway: null, interface: 'eth0' },
    { family: 4, destination: '192.0.2.7', gateway: null, interface: null },
  ],
  radios: [],
  resolvers: [],
  forwarding: { ipv4: true, ipv6: false },
  policyRouting: false,
};

describe('what the rules ask about the host', () => {
  it('has interfaces with their addresses, routes and forwarding', () => {
    const host = hostOf(FACTS, []);
    expect(host.interfaces).toEqual([
      { name: 'lo', addresses: [{ version: 4, value: 0x7f000001n, prefix: 8 }] },
      { name: 'eth0', addresses: [{ version: 6, value: parseAddress('fe80::1')?.value, prefix: 64 }] },
    ]);
    expect(host.routes).toEqual([
      { version: 4, value: 0n, prefix: 0, oifname: 'eth0' },
      { version: 6, value: 0x20010db8n << 96n, prefix: 32, oifname: 'eth0' },
      { version: 4, value: 0xc0000207n, prefix: 32, oifname: null },
    ]);
    expect(host.forwarding).toEqual({ 4: true, 6: false });
  });

  it('does not take a list with holes for the whole', () => {
    expect(hostOf(FACTS, [{ what: 'IPv4 addresses' }]).interfaces).toBeNull();
    expect(hostOf(FACTS, [{ what: 'routes' }]).routes).toBeNull();
    expect(hostOf(FACTS, [{ what: 'parts of the interfaces' }])).toMatchObject({
      interfaces: null,
      routes: null,
    });
    const odd = {
      ...FACTS,
      routes: [{ family: 4 as const, destination: '10.0.0.0/33', gateway: null, interface: null }],
    };
    expect(hostOf(odd, []).routes).toBeNull();
    const wrong = { ...LO, addresses: [{ family: 4 as const, address: 'fe80::1', prefix: 64, scope: '' }] };
    expect(hostOf({ ...FACTS, interfaces: [wrong] }, []).interfaces).toBeNull();
    const many = Array.from({ length: 256 }, () => LO.addresses[0] as (typeof LO.addresses)[number]);
    expect(hostOf({ ...FACTS, interfaces: [{ ...LO, addresses: many }] }, []).interfaces).toBeNull();
  });

  it('does not trust the main table where several are in use, or may be', () => {
    expect(hostOf({ ...FACTS, policyRouting: true }, []).routes).toBeNull();
    expect(hostOf({ ...FACTS, policyRouting: null }, []).routes).toBeNull();
  });

  it('says that forwarding is not known in facts of an older version', () => {
    expect(hostOf({ ...FACTS, forwarding: null }, []).forwarding).toEqual({ 4: null, 6: null });
  });
});
