import { SERVICE } from '../announcers.ts';

/** For tests: parts of a response as RFC 1035 writes them, without compression. */
export function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => {
    const bytes = Buffer.from(label, 'utf8');
    return Buffer.concat([Buffer.of(bytes.length), bytes]);
  });
  return Buffer.concat([...labels, Buffer.of(0)]);
}

/** For tests: one record of class IN with the bit that forgets older ones. */
export function recordBytes(name: Buffer, type: number, data: Buffer, ttl = 120): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(0x8001, 2);
  head.writeUInt32BE(ttl, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([name, head, data]);
}

/** For tests: a response of these records. */
export function responseBytes(records: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0x8400, 2);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, ...records]);
}

/** For tests: a node that announces itself as mycoSwarm does. */
export function announcement(
  node: string,
  { addresses = ['192.168.1.20'], port = 7_890, texts = {} as Record<string, string>, ttl = 120 } = {},
): Buffer {
  const instance = nameBytes(`${node}.${SERVICE}`);
  const host = nameBytes(`${node}.local`);
  const service = Buffer.alloc(6);
  service.writeUInt16BE(port, 4);
  const pairs = Object.entries({ node_id: node, ...texts }).map(([key, value]) => {
    const pair = Buffer.from(`${key}=${value}`, 'utf8').subarray(0, 255);
    return Buffer.concat([Buffer.of(pair.length), pair]);
  });
  return responseBytes([
    recordBytes(nameBytes(SERVICE), 12, instance, ttl),
    recordBytes(instance, 33, Buffer.concat([service, host]), ttl),
    recordBytes(instance, 16, Buffer.concat(pairs), ttl),
    ...addresses.map((address) => recordBytes(host, 1, Buffer.from(address.split('.').map(Number)), ttl)),
  ]);
}
