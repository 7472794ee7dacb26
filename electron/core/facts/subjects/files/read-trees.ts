import type { FileFact, TreeFact } from '#shared/domain/facts/files.ts';
import { isWithin } from '../../profile/paths.ts';
import { decodeInstant, decodeNumber, decodePath } from '../../script/decode.ts';
import type { ScriptRecord } from '../../script/records.ts';
import type { AskedTree } from './asked-paths.ts';
import { kindOfLetter, readTreeLine, treePath, unescapeLs } from './read-entries.ts';

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

function readCounts(tree: TreeFact, content: Buffer): void {
  let bucket: TreeFact['buckets'][number] | null = null;
  for (const line of linesOf(content)) {
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
      // Status 1 of find(1): a file vanished or a folder was closed; both are counted elsewhere.
      tree.complete = total[4] === '0' && Number(total[5]) <= 1;
      tree.newestModifiedAt = Number(total[6]) > 0 ? decodeInstant(Buffer.from(total[6] ?? '')) : null;
    }
  }
}

/** Links that were resolved by the node; out of the tree is what resolves elsewhere, or nowhere. */
function readLinks(tree: TreeFact, number: string, root: string, records: readonly ScriptRecord[]): void {
  const leads = new Map<string, string>();
  for (const { tag, fields } of records) {
    if (tag === 'leads' && fields[0]?.toString('latin1') === number) {
      leads.set(decodePath(fields[1]), decodePath(fields[2]));
    }
  }
  for (const { tag, fields } of records) {
    if (tag !== 'link' || fields[0]?.toString('latin1') !== number) continue;
    const path = decodePath(fields[1]);
    const resolved = leads.get(path) || null;
    if (resolved !== null && isWithin(resolved, root)) continue;
    tree.linksOutCount += 1;
    if (tree.linksOut.length >= 500) continue;
    tree.linksOut.push({
      path,
      kind: 'link',
      mode: (decodeNumber(fields[2], 8) ?? 0o777) & 0o7777,
      uid: Math.min(decodeNumber(fields[3]) ?? 0, 4_294_967_295),
      gid: Math.min(decodeNumber(fields[4]) ?? 0, 4_294_967_295),
      size: 0,
      modifiedAt: decodeInstant(fields[5]),
      links: decodeNumber(fields[6]) ?? 1,
      target: decodePath(fields[7]),
      resolved,
      acl: null,
      attributes: null,
    });
  }
  // The node resolves a thousand; beyond that nothing is known of the rest.
  if (leads.size >= 1_000) tree.complete = false;
}

/** Lines `FOLDER/-rwxrw-r--+ 1 0 0 5 Nov 21 12:00 name` of entries that carry an ACL. */
function readAclLine(line: string): FileFact | null {
  const match =
    /^(.*\/)?([-dlpscb])([-rwxsStT]{9})\+\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,16})\s+\S+\s+\S+\s+\S+\s(.*)$/s.exec(
      line,
    );
  if (!match || Number(match[5]) > 4_294_967_295 || Number(match[6]) > 4_294_967_295) return null;
  const letters = match[3] ?? '';
  const bits = [...letters].reduce(
    (mode, letter, at) => mode | (/[rwxst]/.test(letter) ? 0o400 >> at : 0),
    0,
  );
  const special =
    (/[sS]/.test(letters[2] ?? '') ? 0o4000 : 0) |
    (/[sS]/.test(letters[5] ?? '') ? 0o2000 : 0) |
    (/[tT]/.test(letters[8] ?? '') ? 0o1000 : 0);
  return {
    path: unescapeLs(`${match[1] ?? ''}${match[8] ?? ''}`).replace(/\/\/+/g, '/'),
    kind: match[2] === '-' ? 'file' : kindOfLetter(match[2] ?? ''),
    mode: bits | special,
    uid: Number(match[5]),
    gid: Number(match[6]),
    size: Number(match[7]),
    modifiedAt: null,
    links: Number(match[4]),
    target: null,
    resolved: null,
    acl: null,
    attributes: null,
  };
}

/**
 * Reads one tree.
 * @param number its place in the plan, as the script was told
 * @param mounts all mount points of the node, null when they were not seen
 */
export function readTree(
  asked: AskedTree,
  number: number,
  records: readonly ScriptRecord[],
  mounts: readonly string[] | null,
): TreeFact {
  const tree = emptyTree(asked);
  const own = (tag: string) =>
    records.find((record) => record.tag === tag && record.fields[0]?.toString('latin1') === String(number));
  const head = own('tree');
  const state = head?.fields[1]?.toString('latin1');
  if (state === 'missing' || state === 'other') return { ...tree, exists: state === 'other', complete: true };
  if (state === 'closed') {
    return { ...tree, exists: true, unreadable: [decodePath(head?.fields[2])], unreadableCount: 1 };
  }
  if (state !== 'folder') return tree;
  const root = decodePath(head?.fields[2]) || asked.root;
  tree.exists = true;
  readCounts(tree, own('counts')?.fields[1] ?? Buffer.alloc(0));
  readLinks(tree, `t${number}`, root, records);
  tree.mounts = (mounts ?? []).filter((path) => path !== root && isWithin(path, root)).slice(0, 256);
  if (mounts === null) tree.complete = false;
  const acls = own('acls');
  if (acls) {
    tree.withAcl = (acls.fields[1]?.toString('latin1') ?? '')
      .split('\n')
      .flatMap((line) => readAclLine(line) ?? [])
      .slice(0, 500);
  }
  return tree;
}
