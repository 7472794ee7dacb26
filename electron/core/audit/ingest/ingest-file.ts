import { createHash, hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import type { AuditStore } from '#core/store/audit/audit-store.ts';
import { StoreError } from '#core/store/store-error.ts';
import type { AuditSource } from '#shared/domain/audit/source.ts';
import type { FollowedLine } from '../follow/follower.ts';
import { LineSplitter } from '../follow/lines/line-splitter.ts';
import { LOOKED_AT, noLogBecause } from '../log-text.ts';
import type { Intake, OpenSource } from '../pipeline/intake.ts';
import { type OpenedFile, unreadable } from './opened-file.ts';

/** Bytes of text that are stored at once. */
const BATCH_BYTES = 1_048_576;

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

/** How the id of a source begins that is a file which was read once. */
export const READ_ONCE = 'ingest-';

/**
 * Reads a file once through the pipeline. What an earlier call read is left out: under the same path whatever the file still begins
 * with, and under any path of that node what was read of a file before it was renamed or packed, as rotations do. A file
 * that begins otherwise is another one. A killed call goes on where its last transaction ended.
 * @throws StoreError `failed` with words for what cannot be read, else as storing does
 */
export async function ingestFile(
  file: OpenedFile,
  input: { node: string; format: AuditSource['chosenFormat'] },
  tools: { store: AuditStore; intake: Intake; now: () => number },
): Promise<Ingested> {
  const { path } = file;
  requireNotFollowed(tools.store, input.node, path);
  await requireText(file);
  const source = openSource({ ...input, path }, tools.store);
  const { kept } = source;
  const own = positionShape.safeParse(kept.position);
  const begin = await knownStart(file, own.success ? own.data : null, contentsElsewhere(tools.store, kept));
  const known = begin.bytes;
  const before = kept.events;
  const same = own.success && known > 0 && known === own.data.bytes;
  const former = own.success && !same ? [own.data, ...own.data.former] : own.success ? own.data.former : [];
  if (!same) source.kept = { ...kept, position: null, parser: null };
  const counted = await readFrom(file, begin, source, former.map(plainContent).slice(0, MOST_FORMER), tools);
  return { ...counted, events: source.kept.events - before, known, format: source.kept.format };
}

const plainContent = ({ bytes, sha256 }: Content): Content => ({ bytes, sha256 });

/** What was read of this node's files under other names, or under this one before it was another file. */
function contentsElsewhere(store: AuditStore, { id, node, position }: OpenSource['kept']): Content[] {
  const all = store.sources.all().filter((source) => source.id.startsWith(READ_ONCE) && source.node === node);
  const others = all.flatMap((source) => {
    const read = positionShape.safeParse(source.id === id ? position : source.position);
    if (!read.success) return [];
    return source.id === id ? read.data.former : [read.data, ...read.data.former];
  });
  return others.filter(({ bytes }) => bytes >= KNOWN_ELSEWHERE_BYTES);
}

/** What is followed comes by itself; read once besides, each line of it would be there twice. */
function requireNotFollowed(store: AuditStore, node: string, path: string): void {
  const followed = store.sources
    .all()
    .find(
      ({ removed, target, node: of }) =>
        !removed && of === node && target.kind === 'file' && target.path === path,
    );
  if (followed === undefined) return;
  throw new StoreError({
    kind: 'failed',
    message: `${path} is followed already, as “${followed.name}”: all of it comes by itself.`.slice(0, 480),
    untouched: 'Nothing was read.',
    next: 'Look under Sources how far it is. Rotated files from before it was followed can be read once.',
  });
}

/** @returns what at the beginning of a file was read before; no bytes when it begins otherwise */
async function knownStart(
  file: OpenedFile,
  own: Content | null,
  others: readonly Content[],
): Promise<Content> {
  const contents = [...(own === null ? [] : [own]), ...others];
  const lengths = [...new Set(contents.map(({ bytes }) => bytes))].sort((a, b) => a - b);
  const sums = new Set(contents.map(({ bytes, sha256 }) => `${bytes} ${sha256}`));
  const sum = createHash('sha256');
  let done = 0;
  let longest: Content = { bytes: 0, sha256: sum.copy().digest('hex') };
  const mark = (): void => {
    const sha256 = sum.copy().digest('hex');
    if (sums.has(`${done} ${sha256}`)) longest = { bytes: done, sha256 };
    lengths.shift();
  };
  while (lengths[0] === 0) mark();
  if (lengths.length === 0) return longest;
  for await (const chunk of file.bytes()) {
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

/** Before anything is stored of it: a program or a picture would be thousands of lines that say nothing. */
async function requireText(file: OpenedFile): Promise<void> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of file.bytes()) {
    pieces.push(piece);
    size += piece.length;
    if (size >= LOOKED_AT) break;
  }
  const why = noLogBecause(Buffer.concat(pieces));
  if (why !== null) throw unreadable(file.path, why);
}

function openSource(
  { node, path, format }: { node: string; path: string; format: AuditSource['chosenFormat'] },
  store: AuditStore,
): OpenSource {
  const id = `${READ_ONCE}${hash('sha256', JSON.stringify([node, path]), 'hex').slice(0, 16)}`;
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

async function readFrom(
  file: OpenedFile,
  begin: Content,
  source: OpenSource,
  former: readonly Content[],
  { intake, now }: { intake: Intake; now: () => number },
): Promise<{ bytes: number; lines: number }> {
  const sum = createHash('sha256');
  const splitter = new LineSplitter();
  const { path } = file;
  const known = begin.bytes;
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
  for await (const whole of file.bytes()) {
    const chunk = whole.subarray(Math.min(skip, whole.length));
    if (skip > 0) {
      sum.update(whole.subarray(0, skip));
      skip -= whole.length - chunk.length;
      // What is left out must be what was read before, and not what somebody wrote over it meanwhile.
      if (skip === 0 && sum.copy().digest('hex') !== begin.sha256) {
        throw unreadable(path, 'Its beginning was changed while it was read.');
      }
    }
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
