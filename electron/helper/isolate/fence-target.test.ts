import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeTarget, type WireView } from './fence-target.ts';
import { isOfOneMachine, readNameServers, type WayTo } from './wire-place.ts';

const NODE = { address: '10.0.0.11', mac: '02:00:00:00:00:11' };
const PEER = { address: '10.0.0.12', mac: '02:00:00:00:00:12' };
const OTHER = { address: '10.0.0.13', mac: '02:00:00:00:00:13' };
const GATEWAY = { address: '10.0.0.254', mac: '02:00:00:00:00:fe' };
const NOBODY = { macs: [], addresses: [] };

const seen = (more: Partial<WireView> = {}): WireView => ({
  neighbours: [NODE, OTHER, GATEWAY],
  own: { macs: [PEER.mac], addresses: [PEER.address, 'fd00::12'] },
  gateways: [GATEWAY.address, 'fe80::fe'],
  nameServers: ['10.0.0.53'],
  asker: '10.0.0.9',
  wayTo: (address): WayTo =>
    address === '10.0.0.255' ? 'many' : /^10\.0\.0\.|^fd00:|^fe80:/.test(address) ? 'on-link' : 'off-link',
  ...more,
});
const asked = (addresses: string[], more: { proven?: string[]; macs?: string[]; spares?: object } = {}) => ({
  target: { macs: more.macs ?? [NODE.mac], addresses },
  proven: more.proven ?? [NODE.address],
  spares: { ...NOBODY, ...more.spares },
});

describe('what a peer drops because of a node', () => {
  it('is where the console reaches it, and the hardware address that the peer itself has for that', () => {
    expect(judgeTarget(seen(), asked([NODE.address]), null)).toEqual({
      target: { addresses: [NODE.address], macs: [NODE.mac] },
      leftOut: [],
      covers: { address: true, mac: true },
    });
  });

  it('is never what a node claims of loopback, broadcast, the pool of a network, resolvers, routers, the peer or the console', () => {
    const claims = [
      ...['127.0.0.1', '127.1.2.3', '::1', '0.0.0.0', '::', '255.255.255.255', '10.0.0.255', '224.0.0.251'],
      ...['ff02::1', '::ffff:10.0.0.13', '10.0.0.53', GATEWAY.address, 'fe80::fe', PEER.address, 'fd00::12'],
      ...['10.0.0.9', OTHER.address, '10.0.0.100', '192.0.2.1', '8.8.8.8', '2001:db8::1'],
    ];
    const { target, leftOut } = judgeTarget(seen(), asked(claims), null);
    expect(target).toEqual({ addresses: [NODE.address], macs: [NODE.mac] });
    expect(leftOut).toHaveLength(claims.length);
    // Nor is it where somebody made the console reach such an address: a name can be answered by anybody.
    for (const proven of claims.filter(
      (one) => !['10.0.0.13', '10.0.0.100', '192.0.2.1', '8.8.8.8', '2001:db8::1'].includes(one),
    ))
      expect(judgeTarget(seen(), asked([], { proven: [proven], macs: [] }), null), proven).toMatchObject({
        target: NOBODY,
        covers: { address: false, mac: false },
      });
  });

  it('is another address only where the peer knows it by the same hardware address, and nobody else is reached there', () => {
    const neighbours = [
      NODE,
      OTHER,
      { address: 'fd00::11', mac: NODE.mac },
      { address: '10.0.0.14', mac: NODE.mac },
    ];
    const spares = { addresses: ['10.0.0.14'] };
    const { target, leftOut } = judgeTarget(
      seen({ neighbours }),
      asked(['fd00::11', '10.0.0.14', OTHER.address], { spares }),
      null,
    );
    expect(target.addresses).toEqual([NODE.address, 'fd00::11']);
    expect(leftOut.join(' ')).toMatch(/10\.0\.0\.14 is another node’s.*10\.0\.0\.13 is only claimed/);
  });

  it('is no hardware address that it only claims, or that somebody else has as well', () => {
    expect(judgeTarget(seen(), asked([], { macs: [OTHER.mac] }), null).target.macs).toEqual([NODE.mac]);
    const poisoned = [NODE, { ...GATEWAY, mac: NODE.mac }];
    expect(judgeTarget(seen({ neighbours: poisoned }), asked([]), null)).toMatchObject({
      target: { addresses: [NODE.address], macs: [] },
      covers: { address: true, mac: false },
    });
    // It was made to be known by the hardware address of a healthy node.
    const stolen = [{ ...NODE, mac: OTHER.mac }, OTHER];
    const spares = { addresses: [OTHER.address], macs: [OTHER.mac] };
    expect(judgeTarget(seen({ neighbours: stolen }), asked([], { spares }), null)).toMatchObject({
      target: { macs: [] },
      covers: { mac: false },
    });
    expect(judgeTarget(seen({ neighbours: [] }), asked([]), null).covers).toEqual({
      address: true,
      mac: false,
    });
  });

  it('stays, whatever another node says of itself later, and whatever neighbour tables are made to say', () => {
    const former = { macs: [NODE.mac], addresses: [NODE.address, 'fd00::11'] };
    const spares = { addresses: [NODE.address, 'fd00::11'], macs: [NODE.mac] };
    expect(judgeTarget(seen(), asked([], { spares }), null).target).toEqual({
      macs: [NODE.mac],
      addresses: [NODE.address],
    });
    const poisoned = [NODE, { ...GATEWAY, mac: NODE.mac }];
    for (const neighbours of [[], poisoned])
      expect(
        judgeTarget(seen({ neighbours }), asked([], { proven: [], macs: [], spares }), former),
      ).toMatchObject({
        target: former,
      });
    expect(judgeTarget(seen({ neighbours: poisoned }), asked([]), former).covers).toEqual({
      address: true,
      mac: true,
    });
    const ours = {
      macs: [PEER.mac, NODE.mac],
      addresses: [PEER.address, GATEWAY.address, '10.0.0.9', NODE.address],
    };
    expect(judgeTarget(seen(), asked([]), ours).target).toEqual({
      macs: [NODE.mac],
      addresses: [NODE.address],
    });
  });

  it('is eight addresses at most, the proven one first', () => {
    const many = Array.from({ length: 30 }, (_, index) => `10.0.0.${100 + index}`);
    const neighbours = [NODE, ...many.map((address) => ({ address, mac: NODE.mac }))];
    const { target } = judgeTarget(seen({ neighbours }), asked([...many, NODE.address]), null);
    expect(target.addresses).toHaveLength(8);
    expect(target.addresses[0]).toBe(NODE.address);
  });

  it('holds nothing of the peer itself, whatever is asked', () => {
    const places = fc.constantFrom(
      NODE.address,
      OTHER.address,
      GATEWAY.address,
      PEER.address,
      '10.0.0.9',
      '127.0.0.1',
      '::1',
    );
    const macs = fc.constantFrom(NODE.mac, OTHER.mac, GATEWAY.mac, PEER.mac);
    const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 6 });
    fc.assert(
      fc.property(
        some(places),
        some(places),
        some(places),
        some(macs),
        some(fc.record({ address: places, mac: macs })),
        (claims, proven, spares, claimedMacs, neighbours) => {
          const { target } = judgeTarget(
            seen({ neighbours }),
            asked(claims, { proven, macs: claimedMacs, spares: { addresses: spares } }),
            null,
          );
          for (const one of [PEER.address, GATEWAY.address, '10.0.0.9', '127.0.0.1', '::1'])
            expect(target.addresses).not.toContain(one);
          expect(target.macs).not.toContain(PEER.mac);
          // Nothing of another node that is reached elsewhere, unless the console reaches the node there.
          for (const one of spares) if (!proven.includes(one)) expect(target.addresses).not.toContain(one);
        },
      ),
    );
  });
});

describe('what a machine knows of its network', () => {
  it('tells apart addresses of one machine and those of many or of none', () => {
    for (const one of ['10.0.0.1', '100.64.0.1', '192.0.2.1', 'fd00::1', 'fe80::1', '2001:db8::1'])
      expect(isOfOneMachine(one), one).toBe(true);
    for (const one of [
      '0.1.2.3',
      '127.0.0.53',
      '239.1.1.1',
      '255.255.255.255',
      '::',
      '::1',
      'ff05::2',
      '::ffff:1.2.3.4',
    ])
      expect(isOfOneMachine(one), one).toBe(false);
  });

  it('reads name servers, and nothing that is none', () => {
    const text =
      '# nameserver 9.9.9.9\nnameserver 10.0.0.53\n nameserver\tfe80::53%eth0 \nsearch nameserver\nnameserver x\n';
    expect(readNameServers(text)).toEqual(['10.0.0.53', 'fe80::53']);
  });
});
