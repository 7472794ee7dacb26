import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compared } from '#core/console/found-nodes.ts';
import { announcedNode } from '#shared/contract/found-nodes.ts';
import { Announcers, SERVICE } from './announcers.ts';
import { readDnsResponse, writeDnsQuery } from './dns-message.ts';
import { isOnLink } from './listening.ts';
import { announcement, nameBytes, recordBytes, responseBytes } from './testing/dns-packet.ts';

const NOW = Date.UTC(2026, 10, 22, 20);
const FROM = '192.168.1.20';

function heard(packets: readonly Buffer[], from = FROM) {
  const announcers = new Announcers();
  const changed = packets.map((packet) => announcers.hear(packet, from, NOW));
  return { changed, list: announcers.list(NOW), turnedAway: announcers.turnedAway };
}

describe('announcements of nodes', () => {
  it('are read as mycoSwarm makes them', () => {
    const { list } = heard([announcement('miu', { texts: { version: '0.2.16', tier: 'light' } })]);
    expect(list).toEqual([
      {
        instance: 'miu',
        from: FROM,
        addresses: [FROM],
        port: 7_890,
        nodeId: 'miu',
        version: '0.2.16',
        heardAt: NOW,
      },
    ]);
  });

  it('are read with compressed names, and end with a goodbye', () => {
    // SERVICE at 12; the instance is a label and a pointer to it.
    const service = nameBytes(SERVICE);
    const pointer = Buffer.concat([Buffer.from([3]), Buffer.from('miu'), Buffer.of(0xc0, 12)]);
    const data = Buffer.concat([Buffer.of(0, 0, 0, 0, 0x1e, 0xd2), nameBytes('miu.local')]);
    const packet = (ttl: number) =>
      responseBytes([recordBytes(service, 12, pointer, ttl), recordBytes(pointer, 33, data, ttl)]);
    expect(heard([packet(120)]).list).toMatchObject([{ instance: 'miu', port: 7_890 }]);
    expect(heard([packet(120), packet(0)])).toMatchObject({ changed: [true, true], list: [] });
  });

  it('tell of a change once, and are forgotten in time', () => {
    const announcers = new Announcers();
    expect(announcers.hear(announcement('miu'), FROM, NOW)).toBe(true);
    expect(announcers.hear(announcement('miu'), FROM, NOW + 1_000)).toBe(false);
    expect(announcers.hear(announcement('miu', { port: 9_999 }), FROM, NOW + 2_000)).toBe(true);
    expect(announcers.list(NOW + 131_000)).toHaveLength(1);
    expect(announcers.list(NOW + 133_000)).toEqual([]);
  });

  it('show what cannot be seen, and never another shape', () => {
    const [announcer] = heard([announcement('\u202eboa', { texts: { version: '\u001b[2J\n' } })]).list;
    expect(announcer).toMatchObject({
      instance: '\\u{202e}boa',
      nodeId: '\\u{202e}boa',
      version: '\\x1b[2J\\n',
    });
  });

  it('are bounded for each address and in all, and what is too much is counted', () => {
    const many = Array.from({ length: 40 }, (_, index) => announcement(`n${index}`));
    expect(heard(many)).toMatchObject({ list: { length: 8 }, turnedAway: 32 });
    const announcers = new Announcers();
    for (let index = 0; index < 400; index += 1) {
      announcers.hear(announcement('x'), `10.0.${index >> 8}.${index & 255}`, NOW + index * 10);
    }
    expect(announcers.list(NOW + 4_000)).toHaveLength(256);
    expect(announcers.turnedAway).toBe(144);
    const storm = new Announcers();
    for (let index = 0; index < 300; index += 1) storm.hear(announcement('x'), FROM, NOW);
    expect(storm.turnedAway).toBe(100);
  });

  it('give at most eight addresses', () => {
    const addresses = Array.from({ length: 50 }, (_, index) => `10.0.0.${index}`);
    expect(heard([announcement('miu', { addresses })]).list[0]?.addresses).toHaveLength(8);
  });
});

describe('a packet of anybody', () => {
  const genuine = announcement('miu', { texts: { version: '0.2.16' } });

  it('is read or left, whatever it holds, and what is read is of the form of the contract', () => {
    const damaged = fc
      .array(fc.tuple(fc.nat(genuine.length - 1), fc.nat(255)), { maxLength: 12 })
      .map((changes) => {
        const packet = Buffer.from(genuine);
        for (const [at, value] of changes) packet[at] = value;
        return packet;
      });
    const cut = fc.nat(genuine.length).map((length) => genuine.subarray(0, length));
    const any = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(damaged, cut, any), (packet) => {
        for (const announcer of heard([packet]).list) {
          expect(announcedNode.safeParse(compared(announcer, new Map())).error).toBeUndefined();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is no response when it is a question, is cut, or points forward or in a circle', () => {
    expect(readDnsResponse(writeDnsQuery(SERVICE))).toBeNull();
    expect(readDnsResponse(genuine.subarray(0, genuine.length - 1))).toBeNull();
    for (const target of [12, 13, 40]) {
      expect(
        readDnsResponse(responseBytes([recordBytes(Buffer.of(0xc0, target), 1, Buffer.alloc(4))])),
      ).toBeNull();
    }
    const counted = Buffer.from(genuine);
    counted.writeUInt16BE(0xffff, 6);
    expect(readDnsResponse(counted)).toBeNull();
    expect(readDnsResponse(Buffer.concat([genuine, Buffer.alloc(9_000)]))).toBeNull();
  });

  it('counts from the same network only', () => {
    const networks = [{ address: '192.168.1.7', netmask: '255.255.255.0' }];
    expect(isOnLink('192.168.1.200', networks)).toBe(true);
    expect(isOnLink('192.168.2.200', networks)).toBe(false);
    expect(isOnLink('192.168.1.200', [])).toBe(false);
    expect(isOnLink('200.1.2.3', [{ address: '200.1.9.9', netmask: '255.255.0.0' }])).toBe(true);
  });
});

describe('whether an announcer is in the list', () => {
  const listed = new Map([
    ['miu', new Set([FROM, '172.17.0.1'])],
    ['boa', new Set(['192.168.1.21'])],
  ]);
  const of = (from: string, addresses: string[]) => {
    const [announcer] = heard([announcement('miu', { addresses })], from).list;
    if (!announcer) throw new Error('it was not heard');
    const { known, claims } = compared(announcer, listed);
    return { known, claims };
  };

  it('is told by its addresses, all of one node, and never by its name', () => {
    expect(of(FROM, [FROM, '172.17.0.1'])).toEqual({ known: 'miu', claims: null });
    expect(of('192.168.1.99', ['192.168.1.99'])).toEqual({ known: null, claims: null });
    expect(of('192.168.1.99', [FROM])).toEqual({ known: null, claims: 'miu' });
    expect(of(FROM, ['192.168.1.21'])).toEqual({ known: null, claims: 'miu' });
  });
});
