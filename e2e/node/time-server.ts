import { createSocket } from 'node:dgram';

/**
 * `node e2e/node/time-server.ts ADDRESS`: answers SNTP with the clock of this machine (RFC 4330, section 5) until it is
 * ended. For a network of a test's own; nobody else may reach it.
 */
const [address] = process.argv.slice(2);
/** Seconds between 1900, where NTP begins, and 1970. */
const EPOCH = 2_208_988_800;

function stamp(into: Buffer, at: number): void {
  const now = Date.now();
  into.writeUInt32BE(Math.floor(now / 1_000) + EPOCH, at);
  into.writeUInt32BE(Math.floor(((now % 1_000) / 1_000) * 2 ** 32), at + 4);
}

const server = createSocket('udp4');
server.on('message', (asked, from) => {
  if (asked.length < 48) return;
  const answer = Buffer.alloc(48);
  // No warning, the version that was asked, mode 4 (server); stratum 2; precision about a millisecond.
  answer.writeUInt8((asked.readUInt8(0) & 0x38) | 4, 0);
  answer.writeUInt8(2, 1);
  answer.writeUInt8(asked.readUInt8(2), 2);
  answer.writeInt8(-10, 3);
  answer.writeUInt32BE(0x10, 4);
  answer.writeUInt32BE(0x10, 8);
  answer.writeUInt32BE(0x7f00_0001, 12);
  stamp(answer, 16);
  asked.copy(answer, 24, 40, 48);
  stamp(answer, 32);
  stamp(answer, 40);
  server.send(answer, from.port, from.address);
});
server.bind(123, address);
