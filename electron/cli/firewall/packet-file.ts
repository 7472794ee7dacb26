import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Packet } from '#core/firewall/packet.ts';
import { visible } from '#shared/domain/text.ts';
import { couldNot } from '../failure.ts';
import { packetOfQuestion } from './packet-question.ts';
import { notReadable, requireFile } from './read-file.ts';

const MAX_LINE = 65_536;
const MAX_LINES = 1_000_000;

/** Lines of a file as bytes, without their ends. */
async function* linesOf(file: string, fail: (line: number, why: string) => Error) {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 262_144 })) {
    let bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      number += 1;
      if (end > MAX_LINE) throw fail(number, `longer than ${MAX_LINE} bytes`);
      yield { number, bytes: bytes.subarray(0, end) };
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > MAX_LINE) throw fail(number + 1, `longer than ${MAX_LINE} bytes`);
    rest = bytes;
  }
  if (rest.length > 0) yield { number: number + 1, bytes: rest };
}

/**
 * The packets of a file with one JSON object on each line, in order; empty lines are left out. The file is read as a stream: lines of at
 * most 64 KiB, 1,000,000 of them.
 * @throws CommandFailure that names file and line
 */
export async function* packetsOf(file: string): AsyncGenerator<Packet> {
  const name = visible(file);
  const fail = (line: number, why: string) => couldNot(`${name}, line ${line}: ${why}.`);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const { number, bytes } of linesOf(file, fail)) {
    if (number > MAX_LINES) throw couldNot(`${name} has more than ${MAX_LINES} lines.`);
    let value: unknown;
    try {
      const text = decoder.decode(bytes).trim();
      if (text === '') continue;
      value = JSON.parse(text);
    } catch {
      throw fail(number, 'not JSON');
    }
    const read = packetOfQuestion(value);
    if (!read.ok) throw fail(number, read.message);
    yield read.packet;
  }
}

/**
 * Reads a file of packets once without doing anything, so that a mistake in its last line is told before anything is answered.
 * @returns how many packets it has
 * @throws CommandFailure that names file and line
 */
export async function countPackets(file: string): Promise<number> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      requireFile(handle.fd, visible(file));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw notReadable(visible(file), error);
  }
  let count = 0;
  for await (const _packet of packetsOf(file)) count += 1;
  return count;
}
