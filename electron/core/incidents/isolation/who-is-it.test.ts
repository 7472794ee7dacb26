import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConsolePlace,
  isSameMachine,
  type KnownMachine,
  MOST_CLAIMED,
  MOST_SENT,
  NOBODY,
  plainAddress,
  whoIsIt,
} from './who-is-it.ts';

const mac = (number: number) => `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
const machine = (number: number, more: Partial<KnownMachine> = {}): KnownMachine => ({
  node: `node-${number}`,
  name: `node-${number}`,
  reached: `10.0.0.${number}`,
  isLiteral: true,
  isLocal: false,
  keys: [`key-${number}`],
  claims: { macs: [mac(number)], addresses: [`10.0.0.${number}`] },
  neighbours: [],
  ...more,
});
const PLACE: ConsolePlace = {
  own: { macs: [mac(0x99)], addresses: ['10.0.0.153'] },
  gateways: ['10.0.0.254'],
  nameservers: ['127.0.0.53', '10.0.0.53'],
  neighbours: [{ address: '10.0.0.254', mac: mac(0xfe) }],
};
const NAMED = { isLiteral: false } as const;

describe('who a node is on the wire', () => {
  it('is the address by which it is reached, and what it claims of its own', () => {
    const own = { macs: [mac(1), mac(0x11)], addresses: ['10.0.0.1', 'fd00::1'] };
    const found = whoIsIt(machine(1, { claims: own }), [machine(1), machine(2)], PLACE);
    expect(found.target).toEqual({ addresses: ['10.0.0.1', 'fd00::1'], macs: [mac(1), mac(0x11)] });
    expect(found.certain).toEqual({ addresses: ['10.0.0.1'], macs: [] });
    expect([found.same, found.notTaken, found.sparesLeftOut]).toEqual([[], [], []]);
  });

  it('spares this computer, the gateway, the name servers and all others, whatever is claimed', () => {
    const claims = {
      addresses: [
        '10.0.0.153',
        '10.0.0.254',
        '10.0.0.53',
        '10.0.0.2',
        '127.0.0.1',
        'ff02::1',
        '255.255.255.255',
      ],
      macs: [mac(0x99), mac(0xfe), mac(2)],
    };
    const found = whoIsIt(machine(1, { claims }), [machine(2)], PLACE);
    expect(found.target).toEqual({ addresses: ['10.0.0.1'], macs: [] });
    expect(found.spares.addresses).toEqual(
      expect.arrayContaining(['10.0.0.153', '10.0.0.254', '10.0.0.53', '10.0.0.2']),
    );
    expect(found.spares.addresses).not.toContain('127.0.0.53');
    expect(found.spares.macs).toEqual(expect.arrayContaining([mac(0x99), mac(0xfe), mac(2)]));
    expect(found.notTaken).toHaveLength(10);
    expect(found.notTaken).toContain(
      '10.0.0.254 is not dropped, though node-1 claims it: the gateway has it.',
    );
    expect(found.notTaken).toContain(
      '10.0.0.2 is not dropped, though node-1 claims it: node-2 is reached by it.',
    );
  });

  it('believes a few claims, and says which were too many', () => {
    const addresses = Array.from({ length: 64 }, (_, index) => `10.1.0.${index + 1}`);
    const found = whoIsIt(machine(1, { claims: { macs: [], addresses } }), [], PLACE);
    expect(found.target.addresses).toHaveLength(1 + MOST_CLAIMED);
    expect(found.notTaken).toHaveLength(64 - MOST_CLAIMED);
  });

  it('is let out by no other node that claims its address or its hardware address', () => {
    const place = { ...PLACE, neighbours: [{ address: '10.0.0.1', mac: mac(1) }] };
    const thief = machine(3, { claims: { macs: [mac(1)], addresses: ['10.0.0.1', '10.0.0.3'] } });
    const found = whoIsIt(machine(1), [machine(2), thief], place);
    expect(found.target).toEqual({ addresses: ['10.0.0.1'], macs: [mac(1)] });
    expect(found.spares.addresses).not.toContain('10.0.0.1');
    expect(found.spares.macs).not.toContain(mac(1));
    // Where only its peers see its hardware address, each of them believes its own eyes: it is neither ordered nor spared.
    const seen = machine(2, { neighbours: [{ address: '10.0.0.1', mac: mac(1) }] });
    const away = whoIsIt(machine(1, { claims: NOBODY }), [seen, thief], PLACE);
    expect([away.target.macs, away.spares.macs.includes(mac(1))]).toEqual([[], false]);
  });

  it('is the same machine under another spelling or port, by address or by host key', () => {
    const naru = machine(1);
    expect(isSameMachine(naru, machine(7, { reached: '10.0.0.1', keys: [] }))).toBe(true);
    expect(isSameMachine(naru, machine(7, { ...NAMED, reached: '10.0.0.1', keys: ['key-1'] }))).toBe(true);
    // Another port, and a second server with keys of its own: the address is dropped as it is.
    expect(isSameMachine(naru, machine(7, { reached: '10.0.0.1' }))).toBe(true);
    expect(isSameMachine(naru, machine(7, { ...NAMED, reached: '10.0.0.1' }))).toBe(false);
    expect(isSameMachine(naru, machine(2))).toBe(false);
    const again = machine(7, { reached: '10.0.0.1', keys: ['key-1'], claims: machine(1).claims });
    const found = whoIsIt(naru, [again, machine(2)], PLACE);
    expect([found.same, found.alike]).toEqual([['node-7'], []]);
    // At another address, or a copy of its disk: nobody can tell, so it is asked, and nothing of it is spared.
    const copy = machine(8, { reached: 'fd00::8', keys: ['other', 'key-1'] });
    const other = whoIsIt(naru, [copy, machine(2)], PLACE);
    expect([other.same, other.alike, other.spares.addresses.includes('fd00::8')]).toEqual([
      [],
      ['node-8'],
      false,
    ]);
    expect(found.spares.addresses).not.toContain('10.0.0.1');
    expect(found.target.addresses).toEqual(['10.0.0.1']);
  });

  it('is let out by no name that is answered with its address, and has nobody cut off by the answer for its own', () => {
    const named = machine(2, { ...NAMED, reached: '10.0.0.1' });
    const found = whoIsIt(machine(1), [named], PLACE);
    expect([found.same, found.target.addresses, found.spares.addresses.includes('10.0.0.1')]).toEqual([
      [],
      ['10.0.0.1'],
      false,
    ]);
    for (const answered of ['10.0.0.2', '10.0.0.254', '10.0.0.153']) {
      const liar = machine(1, { ...NAMED, reached: answered, claims: NOBODY });
      const away = whoIsIt(liar, [machine(2)], PLACE);
      expect([answered, away.target.addresses, away.spares.addresses.includes(answered)]).toEqual([
        answered,
        [],
        true,
      ]);
    }
  });

  it('keeps what was certain when it was ordered, whatever a name is answered with later', () => {
    const before = { addresses: ['10.0.0.1'], macs: [mac(1)] };
    const moved = machine(1, { ...NAMED, reached: '10.0.0.2', claims: NOBODY });
    const thief = machine(3, { claims: before });
    const found = whoIsIt(moved, [machine(2), thief], PLACE, { certain: before, target: before });
    expect(found.target).toEqual(before);
    expect(found.spares).toMatchObject({ addresses: expect.not.arrayContaining(['10.0.0.1']) });
    expect(found.spares.macs).not.toContain(mac(1));
  });

  it('can be the name server itself, which a person ordered, and is never the hardware address of a repeater', () => {
    const place = {
      ...PLACE,
      neighbours: [53, 2].map((end) => ({ address: `10.0.0.${end}`, mac: mac(0x77) })),
    };
    const found = whoIsIt(machine(53, { claims: NOBODY }), [machine(2)], place);
    expect(found.target).toEqual({ addresses: ['10.0.0.53'], macs: [] });
    expect(found.spares.macs).toContain(mac(0x77));
  });

  it('can be this computer', () => {
    const local = machine(9, { isLocal: true, reached: null, keys: [], claims: NOBODY });
    const found = whoIsIt(local, [machine(2)], PLACE);
    expect(found.target).toEqual(PLACE.own);
    expect(found.spares.addresses).not.toContain('10.0.0.153');
  });

  it('names whom it cannot spare any more', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      machine(2, { node: `n${index}`, reached: `10.2.0.${index}`, keys: [] }),
    );
    const found = whoIsIt(machine(1), many, PLACE);
    expect(found.spares.addresses).toHaveLength(MOST_SENT);
    expect(found.spares.addresses.slice(0, 3)).toEqual(['10.0.0.153', '10.0.0.254', '10.0.0.53']);
    expect(found.sparesLeftOut).toHaveLength(100 - (MOST_SENT - 3));
  });

  it('never drops what it spares, and never spares what it is certain of, whatever anybody says', () => {
    const address = fc.integer({ min: 1, max: 6 }).map((end) => `10.0.0.${end}`);
    const anyMac = fc.integer({ min: 1, max: 6 }).map(mac);
    const claims = fc.record({ addresses: fc.array(address), macs: fc.array(anyMac) });
    const one = fc.record({
      reached: fc.option(address),
      isLiteral: fc.boolean(),
      keys: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
      claims,
      neighbours: fc.array(fc.record({ address, mac: anyMac })),
    });
    fc.assert(
      fc.property(
        one,
        fc.array(one, { maxLength: 5 }),
        claims,
        fc.array(fc.record({ address, mac: anyMac })),
        (target, others, own, neighbours) => {
          const list = others.map((other, index) => machine(index + 2, other));
          const found = whoIsIt(machine(1, target), list, {
            ...PLACE,
            own,
            gateways: ['10.0.0.6'],
            neighbours,
          });
          for (const kind of ['addresses', 'macs'] as const) {
            const spared = new Set(found.spares[kind]);
            expect(found.target[kind].filter((each) => spared.has(each))).toEqual([]);
            expect(found.target[kind]).toEqual(expect.arrayContaining(found.certain[kind]));
          }
          // Its claims alone drop nobody that this computer reaches by an address which the operator wrote down.
          for (const other of list)
            if (
              other.isLiteral &&
              other.reached !== null &&
              ![...found.same, ...found.alike].includes(other.node) &&
              target.reached !== other.reached
            )
              expect(found.target.addresses).not.toContain(other.reached);
        },
      ),
    );
  });

  it('has one writing for each address', () => {
    expect(['fe80::1%eth0', 'FD00:0:0::1', '::ffff:10.0.0.1', '10.0.0.1', '::g'].map(plainAddress)).toEqual([
      'fe80::1',
      'fd00::1',
      '10.0.0.1',
      '10.0.0.1',
      '::g',
    ]);
  });
});
