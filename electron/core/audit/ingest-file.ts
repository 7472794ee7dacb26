import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { z } from 'zod';
import type { AuditStore } from '#core/store/audit/audit-store.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import type { FollowedLine } from './follow/follower.ts';
import { LineSplitter } from './follow/lines/line-splitter.ts';
import { LOOKED_AT, noLogBecause } from './log-text.ts';
import type { Intake, OpenSource } from './pipeline/intake.ts';

/** Bytes of text that are stored at once. */
const BATCH_BYTES = 1_048_576;
/** Bytes that a compressed file may unpack to: more is a bomb. */
const MOST_BYTES = 64 * 1024 * 1024 * 1024;

/** Contents of one path that are remembered besides its present one: so many rotations. */
const MOST_FORMER = 32;
/** What stood under another path is known again when so many bytes of it are equal: logs may begin alike. */
const KNOWN_ELSEWHERE_BYTES = 256;

/** So many bytes, and what they were. */
const contentShape = z.object({ bytes: z.int().min(0), sha256: z.string().max(64) });
type Content = z.infer<typeof contentShape>;

/** How far a file was read, and how far what stood under its name before. */
const positionShape = contentShape.extend({ former: z.array(contentShape).max(MOST_FORMER).default([]) });

/** What came of reading a file once. */
export interface Ingested {
  /** Bytes after unpacking, lines and events that were new. */
  bytes: number;
  lines: number;
  events: number;
  /** Bytes that had been read before and were left out. */
  known: number;
  format: AuditSource['format'];
}

/**
 * Reads a file once through the pipeline. What an earlier call read is left out: under the same path whatever the file still begins
 * with, and under any path of that node what was read of a file before it was renamed or packed, as rotations do. A file
 * that begins otherwise is another one. A killed call goes on where its last transaction ended.
 * @throws StoreError `failed` with words for what cannot be read, else as storing does
 */
export async function ingestFile(
  input: { node: string; path: string; format: AuditSource['chosenFormat'] },
  tools: { store: AuditStore; intake: Intake; now: () => number },
): Promise<Ingested> {
  const path = await plainFile(input.path);
  await requireText(path);
  const source = await openSource({ ...input, path }, tools.store);
  const { kept } = source;
  const own = positionShape.safeParse(kept.position);
  const known = await knownStart(path, own.success ? own.data : null, contentsElsewhere(tools.store, kept));
  const before = kept.events;
  const same = own.success && known > 0 && known === own.data.bytes;
  const former = own.success && !same ? [own.data, ...own.data.former] : own.success ? own.data.former : [];
  if (!same) source.kept = { ...kept, position: null, parser: null };
  const counted = await readFrom(path, known, source, former.map(plainContent).slice(0, MOST_FORMER), tools);
  return { ...counted, events: source.kept.events - before, known, format: source.kept.format };
}

const plainContent = ({ bytes, sha256 }: Content): Content => ({ bytes, sha256 });

/** What was read of this node's files under other names, or under this one before it was another file. */
function contentsElsewhere(store: AuditStore, { id, node, position }: OpenSource['kept']): Content[] {
  const all = store.sources.all().filter((source) => source.id.startsWith('ingest-') && source.node === node);
  const others = all.flatMap((source) => {
    const read = positionShape.safeParse(source.id === id ? position : source.position);
    if (!read.success) return [];
    return source.id === id ? read.data.former : [read.data, ...read.data.former];
  });
  return others.filter(({ bytes }) => bytes >= KNOWN_ELSEWHERE_BYTES);
}

/** @returns bytes at the beginning of a file that were read before; 0 when it begins otherwise */
async function knownStart(path: string, own: Content | null, others: readonly Content[]): Promise<number> {
  const contents = [...(own === null ? [] : [own]), ...others];
  const lengths = [...new Set(contents.map(({ bytes }) => bytes))].sort((a, b) => a - b);
  const sums = new Set(contents.map(({ bytes, sha256 }) => `${bytes} ${sha256}`));
  const sum = createHash('sha256');
  let [done, longest] = [0, 0];
  const mark = (): void => {
    if (sums.has(`${done} ${sum.copy().digest('hex')}`)) longest = done;
    lengths.shift();
  };
  while (lengths[0] === 0) mark();
  if (lengths.length === 0) return longest;
  for await (const chunk of bytesOf(path)) {
    let rest = chunk;
    for (let next = lengths[0]; next !== undefined && next - done <= rest.length; next = lengths[0]) {
      sum.update(rest.subarray(0, next - done));
      rest = rest.subarray(next - done);
      done = next;
      mark();
    }
    if (lengths.length === 0) return longest;
    sum.update(rest);
    done += rest.length;
  }
  return longest;
}

async function plainFile(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isFile()) return real;
  } catch {
    throw unreadable(path, 'It is not there, or may not be read.');
  }
  throw unreadable(path, 'It is no plain file.');
}

/** Before anything is stored of it: a program or a picture would be thousands of lines that say nothing. */
async function requireText(path: string): Promise<void> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytesOf(path)) {
    pieces.push(piece);
    size += piece.length;
    if (size >= LOOKED_AT) break;
  }
  const why = noLogBecause(Buffer.concat(pieces));
  if (why !== null) throw unreadable(path, why);
}

async function openSource(
  { node, path, format }: { node: string; path: string; format: AuditSource['chosenFormat'] },
  store: AuditStore,
): Promise<OpenSource> {
  const id = `ingest-${hash('sha256', JSON.stringify([node, path]), 'hex').slice(0, 16)}`;
  store.durably(() => {
    const target = { kind: 'file' as const, path };
    store.sources.add({ id, node, target, name: path.slice(-256), origin: 'added' });
    store.sources.choose(id, false, format);
    // Read when somebody asks for it, and never followed.
    store.sources.remove(id);
  });
  const kept = store.sources.all().find((source) => source.id === id);
  if (kept === undefined) throw unreadable(path, 'What is known of it cannot be read.');
  return { kept, parsers: new Map(), utcOffsetMinutes: -new Date().getTimezoneOffset() };
}

/** The bytes of a file, unpacked when its name says that it is packed (gzip RFC 1952, Zstandard RFC 8878). */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 262_144 });
  const unpack = /\.gz$/i.test(path) ? createGunzip() : /\.zst$/i.test(path) ? createZstdDecompress() : null;
  const stream = unpack === null ? file : file.on('error', (error) => unpack.destroy(error)).pipe(unpack);
  let total = 0;
  try {
    for await (const chunk of stream) {
      total += chunk.length;
      if (total > MOST_BYTES) throw unreadable(path, 'It unpacks to more than 64 GiB.');
      yield chunk;
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw unreadable(path, error instanceof Error ? error.message.slice(0, 200) : 'It is damaged.');
  } finally {
    file.destroy();
    unpack?.destroy();
  }
}

async function readFrom(
  path: string,
  known: number,
  source: OpenSource,
  former: readonly Content[],
  { intake, now }: { intake: Intake; now: () => number },
): Promise<{ bytes: number; lines: number }> {
  const sum = createHash('sha256');
  const splitter = new LineSplitter();
  let [skip, waiting, size] = [known, [] as FollowedLine[], 0];
  let [bytes, lines, done] = [0, 0, known];
  /** Bytes of an unfinished line, which count as read only with it. */
  let rest: Buffer[] = [];

  const store = (): void => {
    const position = { bytes: done, sha256: sum.copy().digest('hex'), former };
    intake.take(source, { path, lines: waiting, receivedAt: now(), gaps: [], position });
    lines += waiting.length;
    waiting = [];
    size = 0;
  };
  const count = (pieces: readonly Buffer[]): void => {
    for (const piece of pieces) {
      sum.update(piece);
      done += piece.length;
      bytes += piece.length;
    }
  };
  for await (const whole of bytesOf(path)) {
    if (skip > 0) sum.update(whole.subarray(0, skip));
    const chunk = whole.subarray(Math.min(skip, whole.length));
    skip -= whole.length - chunk.length;
    if (chunk.length === 0) continue;
    const end = splitter.push(chunk, waiting);
    if (end > 0) {
      count([...rest, chunk.subarray(0, end)]);
      rest = [];
    }
    if (end < chunk.length) rest.push(Buffer.from(chunk.subarray(end)));
    size += chunk.length;
    if (size >= BATCH_BYTES && waiting.length > 0) {
      store();
      await turn();
    }
  }
  const last = splitter.finish();
  if (last !== null) {
    waiting.push(last);
    count(rest);
  }
  if (waiting.length > 0 || (known === 0 && bytes === 0)) store();
  intake.flush(source);
  return { bytes, lines };
}

function unreadable(path: string, why: string): StoreError {
  return new StoreError({
    kind: 'failed',
    message: `${path} cannot be read as a log: ${why}`.slice(0, 480),
    untouched: 'What was read of it before stays.',
    next: 'Give a file of text in UTF-8, or one packed with gzip or zstd.',
  });
}
