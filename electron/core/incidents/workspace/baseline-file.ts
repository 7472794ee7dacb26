import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { z } from 'zod';
import { partialOf, syncFolder } from '#core/backup/place-new.ts';
import { requireSafeFile } from '#core/store/data-folder.ts';
import { baselineSummary } from '#shared/domain/incident/workspace.ts';
import type { Tree, TreeEntry } from './tree.ts';

const packed = promisify(zstdCompress);
const unpacked = promisify(zstdDecompress);

/** A million entries with long names, in clear. */
const MOST_BYTES = 768 * 1024 * 1024;
const HASH_BYTES = 32;

/** The first line: what a summary says, but for the hash of the file itself. */
const header = baselineSummary.omit({ sha256: true }).extend({
  format: z.literal('swarmkeep-baseline'),
  version: z.literal(1),
  whole: z.boolean(),
  hashed: z.boolean(),
  closed: z.array(z.string().max(8_192)).max(512),
});
export type BaselineHeader = z.infer<typeof header>;

const KINDS = ['file', 'folder', 'link', 'other'] as const;

/** @returns where the baseline of a node lies: off the node, where nothing on it can change it */
export function baselinePlace(dataFolder: string, node: string): string {
  return join(dataFolder, 'baselines', `${node}.baseline`);
}

/**
 * Keeps a baseline in place of the former one: lines of JSON in zstd, behind them the SHA-256 of that. Whole and on the disk when it resolves;
 * until then the former one is there.
 * @returns SHA-256 of the file, hex
 */
export async function writeBaseline(file: string, head: BaselineHeader, tree: Tree): Promise<string> {
  const lines = [JSON.stringify(head)];
  for (const [path, entry] of tree.entries) lines.push(JSON.stringify(rowOf(path, entry)));
  const body = await packed(Buffer.from(lines.join('\n'), 'utf8'));
  const bytes = Buffer.concat([body, createHash('sha256').update(body).digest()]);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const partial = partialOf(file);
  const handle = await open(partial, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
    await rename(partial, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * @returns the baseline, or null when none was taken
 * @throws Error when what lies there is not as it was written: never a comparison with half of one
 */
export async function readBaseline(
  file: string,
): Promise<{ head: BaselineHeader; tree: Tree; sha256: string } | null> {
  if (!requireSafeFile(file)) return null;
  const bytes = await readFile(file);
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH_BYTES));
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(body.length))) throw damaged();
  const lines = (await unpacked(body, { maxOutputLength: MOST_BYTES })).toString('utf8').split('\n');
  const head = header.safeParse(JSON.parse(lines[0] ?? ''));
  if (!head.success) throw damaged();
  const entries = new Map<string, TreeEntry>();
  for (let at = 1; at < lines.length; at += 1) {
    const read = readRow(JSON.parse(lines[at] ?? ''));
    entries.set(read.path, read.entry);
  }
  const { whole, hashed, closed } = head.data;
  return {
    head: head.data,
    tree: { entries, whole, hashed, closed },
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function rowOf(path: string, entry: TreeEntry): unknown[] {
  const { kind, size, mode, uid, gid, modified, changed, born, inode, target, sha256 } = entry;
  return [path, KINDS.indexOf(kind), size, mode, uid, gid, modified, changed, born, inode, target, sha256];
}

const number = z.number();
const row = z.tuple([
  z.string().max(8_192),
  z.int().min(0).max(3),
  number,
  number,
  number,
  number,
  number,
  number,
  number.nullable(),
  number,
  z.string().max(8_192).nullable(),
  z.string().max(64).nullable(),
]);

function readRow(value: unknown): { path: string; entry: TreeEntry } {
  const parsed = row.safeParse(value);
  if (!parsed.success) throw damaged();
  const [path, kind, size, mode, uid, gid, modified, changed, born, inode, target, sha256] = parsed.data;
  const entry = { size, mode, uid, gid, modified, changed, born, inode, target, sha256 };
  return { path, entry: { kind: KINDS[kind] ?? 'other', ...entry } };
}

function damaged(): Error {
  return new Error('The baseline is not as it was written');
}
