import type { TreeFact } from '#shared/domain/facts/files.ts';
import { isWithin } from '../../profile/paths.ts';
import { decodeInstant, decodeNumber, decodePath } from '../../script/decode.ts';
import type { ScriptRecord } from '../../script/records.ts';
import type { AskedTree } from './asked-paths.ts';
import { readMarked } from './read-access-lists.ts';
import { kindOfLetter, readTreeLine, treePath } from './read-entries.ts';

const EXAMPLES = 5;

function emptyTree(asked: AskedTree): TreeFact {
  return {
    ...asked,
    exists: false,
    counted: 0,
    complete: false,
    unreadable: [],
    unreadableCount: 0,
    buckets: [],
    linksOut: [],
    linksOutCount: 0,
    hardLinks: [],
    hardLinksCount: 0,
    setuid: [],
    special: [],
    mounts: [],
    withAcl: null,
    newestModifiedAt: null,
  };
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    yield bytes.subarray(at, end < 0 ? bytes.length : end);
    at = end < 0 ? bytes.length : end + 1;
  }
}

/** `B kind uid gid mode count` */
function readBucket(line: Buffer): TreeFact['buckets'][number] | null {
  const match = /^B (\S) (\d{1,10}) (\d{1,10}) ([0-7]{1,5}) (\d{1,9})$/.exec(line.toString('latin1'));
  const count = Number(match?.[5] ?? 0);
  if (!match || count < 1 || Number(match[2]) > 4_294_967_295 || Number(match[3]) > 4_294_967_295)
    return null;
  return {
    kind: kindOfLetter(match[1] ?? ''),
    uid: Number(match[2]),
    gid: Number(match[3]),
    mode: Number.parseInt(match[4] ?? '0', 8) & 0o7777,
    count,
    examples: [],
  };
}

function readCounts(tree: TreeFact, lines: Iterable<Buffer>): void {
  let bucket: TreeFact['buckets'][number] | null = null;
  for (const line of lines) {
    const rest = line.subarray(2);
    const letter = String.fromCharCode(line[0] ?? 0);
    if (letter === 'B') {
      bucket = readBucket(line);
      if (bucket && tree.buckets.length < 4_096) tree.buckets.push(bucket);
    } else if (letter === 'X') {
      if (bucket && bucket.examples.length < EXAMPLES) bucket.examples.push(treePath(rest));
    } else if (letter === 'U') {
      if (tree.unreadable.length < 64) tree.unreadable.push(treePath(rest));
    } else if (letter === 'S' || letter === 'P' || letter === 'H') {
      const list = letter === 'S' ? tree.setuid : letter === 'P' ? tree.special : tree.hardLinks;
      const entry = readTreeLine(rest);
      if (entry && list.length < 500) list.push(entry);
    } else if (letter === 'T') {
      const total = /^T (\d{1,9}) (\d{1,9}) (\d{1,9}) ([01]) (\d{1,3}) ([\d.]{1,32})/.exec(
        line.toString('latin1'),
      );
      if (!total) continue;
      tree.counted = Number(total[1]);
      tree.unreadableCount = Number(total[2]);
      tree.hardLinksCount = Number(total[3]);
      // Status 1 of find(1): a file vanished or a folder was closed; both are counted elsewhere. The root itself is an
      // entry: a walk without any did not take place.
      tree.complete = total[4] === '0' && Number(total[5]) <= 1 && tree.counted > 0;
      tree.newestModifiedAt = Number(total[6]) > 0 ? decodeInstant(Buffer.from(total[6] ?? '')) : null;
    }
  }
  if (tree.buckets.length >= 4_096) tree.complete = false;
}

/** Links below a root that were resolved by the node; out of the tree is what resolves elsewhere, or nowhere. */
function readLinks(tree: TreeFact, resolvedRoot: string, records: readonly ScriptRecord[]): void {
  const leads = new Map<string, string>();
  for (const { tag, fields } of records) {
    if (tag === 'leads') leads.set(decodePath(fields[0]), decodePath(fields[1]));
  }
  for (const { tag, fields } of records) {
    const path = decodePath(fields[0]);
    if (tag !== 'link' || !isWithin(path, tree.root)) continue;
    const resolved = leads.get(path);
    // The node was ended before it had followed this one: it may lead anywhere.
    if (resolved === undefined) tree.complete = false;
    if (resolved === undefined || (resolved !== '' && isWithin(resolved, resolvedRoot))) continue;
    tree.linksOutCount += 1;
    if (tree.linksOut.length >= 500) continue;
    tree.linksOut.push({
      path,
      kind: 'link',
      mode: (decodeNumber(fields[1], 8) ?? 0o777) & 0o7777,
      uid: Math.min(decodeNumber(fields[2]) ?? 0, 4_294_967_295),
      gid: Math.min(decodeNumber(fields[3]) ?? 0, 4_294_967_295),
      size: 0,
      modifiedAt: decodeInstant(fields[4]),
      links: decodeNumber(fields[5]) ?? 1,
      target: decodePath(fields[6]),
      resolved: resolved || null,
      acl: null,
      attributes: null,
    });
  }
}

/** What the walks printed, cut into the lines of each: `N walk`, then its counts. Lines before the first are links to follow. */
function sectionsOf(content: Buffer): { sections: Map<number, Buffer[]>; links: string[] } {
  const sections = new Map<number, Buffer[]>();
  const links: string[] = [];
  let section: Buffer[] | null = null;
  for (const line of linesOf(content)) {
    const letter = String.fromCharCode(line[0] ?? 0);
    if (letter === 'N' || letter === 'V') section = [];
    if (letter === 'N') sections.set(Number(line.subarray(2).toString('latin1')), section ?? []);
    if (letter === 'L') links.push(treePath(line.subarray(2)));
    else section?.push(line);
  }
  return { sections, links };
}

/**
 * Reads all trees.
 * @param roots folders that were walked, in the order of the script
 * @param mounts all mount points of the node, null when they were not seen
 */
export function readTrees(
  trees: readonly AskedTree[],
  roots: readonly string[],
  records: readonly ScriptRecord[],
  mounts: readonly string[] | null,
): TreeFact[] {
  const counts = records.find((record) => record.tag === 'counts');
  const { sections, links } = sectionsOf(counts?.fields[0] ?? Buffer.alloc(0));
  const marked = readMarked(counts);
  const told = new Set(records.flatMap(({ tag, fields }) => (tag === 'link' ? [decodePath(fields[0])] : [])));
  return trees.map((asked) => {
    const tree = emptyTree(asked);
    const number = String(roots.indexOf(asked.root));
    const head = records.find(
      (record) => record.tag === 'tree' && record.fields[0]?.toString('latin1') === number,
    );
    const state = head?.fields[1]?.toString('latin1');
    if (state === 'missing' || state === 'other')
      return { ...tree, exists: state === 'other', complete: true };
    if (state === 'closed') {
      return { ...tree, exists: true, unreadable: [decodePath(head?.fields[2])], unreadableCount: 1 };
    }
    if (state !== 'folder') return tree;
    const resolvedRoot = decodePath(head?.fields[2]) || asked.root;
    tree.exists = true;
    readCounts(tree, sections.get(Number(number)) ?? []);
    readLinks(tree, resolvedRoot, records);
    if (links.some((path) => isWithin(path, tree.root) && !told.has(path))) tree.complete = false;
    tree.mounts = (mounts ?? [])
      .filter((path) => path !== resolvedRoot && isWithin(path, resolvedRoot))
      .slice(0, 256);
    if (mounts === null) tree.complete = false;
    tree.withAcl = marked?.filter((file) => isWithin(file.path, tree.root)) ?? null;
    if (tree.withAcl !== null && tree.withAcl.length > 500) tree.withAcl = null;
    return tree;
  });
}
