/** One entry of a watched tree, as find(1) told it. Paths and targets are one character a byte: names are bytes. */
export interface TreeEntry {
  kind: 'file' | 'folder' | 'link' | 'other';
  size: number;
  mode: number;
  uid: number;
  gid: number;
  /** Milliseconds since 1970, with a fraction: file systems tell nanoseconds. */
  modified: number;
  changed: number;
  /** Null where the file system does not know. */
  born: number | null;
  inode: number;
  target: string | null;
  sha256: string | null;
}

/** A watched tree as it was at some time. */
export interface Tree {
  entries: Map<string, TreeEntry>;
  /** Folders that were closed, and places that could not be asked for. */
  closed: string[];
  /** The list came to its end: what is not in it, is not there. */
  whole: boolean;
  /** Contents were hashed to the end; files without a hash are then those that are large or closed. */
  hashed: boolean;
}

const HEAD = Buffer.from('@f:3');
const NUMBERS =
  /^([a-zA-Z]) ([0-9]{1,15}) ([0-7]{1,5}) ([0-9]{1,10}) ([0-9]{1,10}) (-?[0-9]{1,11}(?:\.[0-9]{1,12})?) (-?[0-9]{1,11}(?:\.[0-9]{1,12})?) ([0-9.-]{1,32}) ([0-9]{1,20})$/;
const LONGEST_PATH = 8_192;

/**
 * Reads what `listScript` prints: hostile. A record that is not as it should be is passed over, and one that was cut ends it.
 * @returns the tree without hashes
 */
export function readList(bytes: Buffer): Tree {
  const tree: Tree = { entries: new Map(), closed: [], whole: false, hashed: false };
  let at = 0;
  const next = (): Buffer | null => {
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    const field = bytes.subarray(at, end);
    at = end + 1;
    return field;
  };
  for (let field = next(); field !== null; field = next()) {
    if (field.equals(HEAD)) {
      const [numbers, path, target] = [next(), next(), next()];
      if (numbers === null || path === null || target === null) break;
      const entry = readEntry(numbers, target);
      if (entry !== null && path.length <= LONGEST_PATH && path[0] === 0x2f)
        tree.entries.set(path.toString('latin1'), entry);
    } else if (field.length < 32) {
      const word = field.toString('latin1');
      if (word === '@end:0') tree.whole = true;
      else if (word === '@closed:1') {
        const path = next();
        if (path !== null && tree.closed.length < 512)
          tree.closed.push(path.toString('latin1', 0, LONGEST_PATH));
      } else if (word === '@none:1') next();
    }
  }
  return tree;
}

function readEntry(numbers: Buffer, target: Buffer): TreeEntry | null {
  const match = NUMBERS.exec(numbers.toString('latin1', 0, 160));
  if (match === null) return null;
  const kind = match[1] === 'f' ? 'file' : match[1] === 'd' ? 'folder' : match[1] === 'l' ? 'link' : 'other';
  const [uid, gid, mode] = [Number(match[4]), Number(match[5]), Number.parseInt(match[3] ?? '', 8)];
  if (uid > 4_294_967_295 || gid > 4_294_967_295 || mode > 0o7777) return null;
  return {
    kind,
    size: Number(match[2]),
    mode,
    uid,
    gid,
    modified: Number(match[6]) * 1_000,
    changed: Number(match[7]) * 1_000,
    born: bornOf(match[8] ?? ''),
    inode: Number(match[9]),
    target: kind === 'link' ? target.toString('latin1', 0, LONGEST_PATH) : null,
    sha256: null,
  };
}

/** Where it is not known, find(1) prints a dash, a zero, or as some versions do `-1.-000000010`. */
function bornOf(text: string): number | null {
  return /^[1-9][0-9]{0,10}(?:\.[0-9]{1,12})?$/.test(text) ? Number(text) * 1_000 : null;
}

/**
 * Puts the hashes of `hashScript` to a list.
 * @param bytes hostile: hashes of what is not in the list are dropped
 */
export function addHashes(tree: Tree, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    if (end < 0) return;
    const line = bytes.toString('latin1', at, Math.min(end, at + LONGEST_PATH + 66));
    at = end + 1;
    if (line === 'end') {
      tree.hashed = true;
      continue;
    }
    if (!/^[0-9a-f]{64} [ *]\//.test(line)) continue;
    const entry = tree.entries.get(line.slice(66));
    if (entry?.kind === 'file') entry.sha256 = line.slice(0, 64);
  }
}
