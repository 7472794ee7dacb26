import { posix } from 'node:path';
import { decodePath, decodeText } from '#core/facts/script/decode.ts';
import { MOST_NAMED_FILES, type RecordCheck } from '#shared/domain/dependencies/record-check.ts';
import { counted } from '#shared/domain/words.ts';
import { DISTRIBUTION_ENTRY, namedByFolder } from './distribution.ts';
import { MAX_ROWS, readRecord } from './record.ts';
import type { RecordPlace } from './record-script.ts';

/** Files that an installer writes beside what it records, or that sign the RECORD. */
const UNRECORDED = /\.dist-info\/(?:RECORD(?:\.jws|\.p7s)?|INSTALLER|REQUESTED|direct_url\.json)$/;
/** Python runs these whenever it starts (site module). */
const AT_START = /^(?:[^/]+\.pth|(?:site|user)customize\.py|(?:site|user)customize\/__init__\.py)$/;

interface Expected {
  package: string;
  sha256: string | null;
  /** Another RECORD gives the same file another hash: one of them is wrong, whatever lies there. */
  disputed?: boolean;
}

const within = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

/** What the answer of a node says: tokens that end with NUL (`recordScript`). */
export interface RecordAnswer {
  records: string;
  infos: string;
  /** SHA-256 as hex digits by path. */
  hashes: ReadonlyMap<string, string>;
  links: ReadonlySet<string>;
  /** Files and folders that the account which looked may not read. */
  closed: ReadonlySet<string>;
  finished: boolean;
  /** Why nothing was read: the folder is missing or closed, or the node lacks a program. */
  trouble: string | null;
}

const TROUBLE: Readonly<Record<string, string>> = {
  '@missing:0': 'the folder is not there',
  '@closed:0': 'the folder is closed to the account that looked',
  '@lacking:0': 'the node has no sha256sum or xargs',
};

/**
 * Reads what the script printed. Everything is hostile; a token that is none is left out.
 * @param output standard output, bounded by the caller
 */
export function readAnswer(output: Buffer): RecordAnswer {
  const hashes = new Map<string, string>();
  const links = new Set<string>();
  const closed = new Set<string>();
  const answer = { records: '', infos: '', finished: false, trouble: null as string | null };
  let field: 'records' | 'infos' | null = null;
  let at = 0;
  for (let end = output.indexOf(0, at); end >= 0; end = output.indexOf(0, at)) {
    const token = output.subarray(at, end);
    at = end + 1;
    if (field !== null) {
      answer[field] = decodeText(token, 64 * 1024 * 1024);
      field = null;
      continue;
    }
    const head = token.subarray(0, 16).toString('latin1');
    if (head === '@records:1') field = 'records';
    else if (head === '@infos:1') field = 'infos';
    else if (head === '@end:0') answer.finished = true;
    else if (TROUBLE[head] !== undefined) answer.trouble = TROUBLE[head];
    else if (head.startsWith('L/')) links.add(decodePath(token.subarray(1)));
    else if (head.startsWith('U/')) closed.add(decodePath(token.subarray(1)));
    else if (/^[0-9a-f]{16}$/.test(head)) {
      const digest = token.subarray(0, 64).toString('latin1');
      const separator = token.subarray(64, 66).toString('latin1');
      // Two blanks for text, a blank and a star for binary (sha256sum(1)).
      if (/^[0-9a-f]{64}$/.test(digest) && (separator === '  ' || separator === ' *'))
        hashes.set(decodePath(token.subarray(66)), digest);
    }
  }
  return { ...answer, hashes, links, closed };
}

function expectedOf(answer: RecordAnswer, place: RecordPlace) {
  const expected = new Map<string, Expected>();
  const recorded = new Set<string>();
  const counts = { unverifiable: 0, outside: 0, broken: 0 };
  const { sitePackages } = place;
  const files = new Map<string, string[]>();
  let lines: string[] = [];
  let total = 0;
  for (const line of answer.records.split('\n')) {
    if (line.startsWith('F/')) {
      lines = [];
      files.set(line.slice(1), lines);
    } else if (line.startsWith('L') && total < MAX_ROWS * 4) {
      total += 1;
      lines.push(line.slice(1));
    }
  }
  for (const [path, rows] of files) {
    const folder = posix.basename(posix.dirname(path));
    recorded.add(folder);
    const name = namedByFolder(folder).name.slice(0, 256);
    const read = readRecord(rows);
    counts.broken += read.broken;
    for (const row of read.rows) {
      const target = posix.isAbsolute(row.path)
        ? posix.normalize(row.path)
        : posix.join(sitePackages, row.path);
      const isInside =
        within(target, sitePackages) || (place.root !== null && within(target, `${place.root}/bin`));
      if (!isInside) counts.outside += 1;
      else if (row.sha256 === null) {
        // A second RECORD without a hash must not take away the hash of the first.
        if (!expected.has(target)) expected.set(target, { package: name, sha256: null });
        if (!UNRECORDED.test(target)) counts.unverifiable += 1;
      } else {
        const before = expected.get(target)?.sha256;
        const disputed = before !== undefined && before !== null && before !== row.sha256;
        expected.set(target, { package: name, sha256: row.sha256, ...(disputed ? { disputed } : {}) });
      }
    }
  }
  return { expected, recorded, counts };
}

/** Top-level names of which at least one file is recorded: only beside these is an unknown file an added one. */
function knownTops(expected: ReadonlyMap<string, Expected>, sitePackages: string): ReadonlySet<string> {
  const tops = new Set<string>();
  for (const path of expected.keys())
    if (within(path, sitePackages)) tops.add(path.slice(sitePackages.length + 1).split('/', 1)[0] ?? '');
  return tops;
}

/** Whether a path or a folder above it is closed: then nothing is known of it. */
function isClosed(path: string, closed: ReadonlySet<string>): boolean {
  if (closed.size === 0) return false;
  for (let place = path; place !== '/' && place !== '.'; place = posix.dirname(place))
    if (closed.has(place)) return true;
  return false;
}

/** Only these are left out of the hashing, wherever they lie. */
function isCompiled(path: string): boolean {
  return path.endsWith('.pyc');
}

/** Compares what lies there with what was recorded. Pure. */
export function compareRecords(answer: RecordAnswer, place: RecordPlace): RecordCheck {
  const { sitePackages } = place;
  const { expected, recorded, counts } = expectedOf(answer, place);
  const changed: RecordCheck['changed'] = [];
  const missing: RecordCheck['missing'] = [];
  const added: RecordCheck['added'] = [];
  let [intact, omitted] = [0, 0];
  const add = <T>(list: T[], item: T): void => {
    if (list.length < MOST_NAMED_FILES) list.push(item);
    else omitted += 1;
  };
  for (const [path, { package: name, sha256, disputed }] of expected) {
    const found = answer.hashes.get(path);
    const entry = { package: name, path };
    if (answer.links.has(path)) add(changed, entry);
    else if (sha256 === null || isCompiled(path)) continue;
    // What the account that looked may not read was not seen, which is said below and is no difference.
    else if (found === undefined && isClosed(path, answer.closed)) continue;
    else if (found === undefined) add(missing, entry);
    else if (found === sha256 && disputed !== true) intact += 1;
    else add(changed, entry);
  }
  const infos = answer.infos.split('\n').filter((name) => DISTRIBUTION_ENTRY.test(name));
  // Where every package has its RECORD, what none of them names was put there by somebody else, also beside all of them.
  const isWhole = answer.finished && infos.length > 0 && infos.every((name) => recorded.has(name));
  const tops = knownTops(expected, sitePackages);
  for (const path of [...answer.hashes.keys(), ...answer.links]) {
    if (expected.has(path) || !within(path, sitePackages) || UNRECORDED.test(path)) continue;
    const inner = path.slice(sitePackages.length + 1);
    const runsAtStart = AT_START.test(inner);
    const top = inner.split('/', 1)[0] ?? '';
    const beside = (isWhole || (inner.includes('/') && tops.has(top))) && !isCompiled(path);
    if (beside || runsAtStart) add(added, { path, runsAtStart });
  }
  const withoutRecord = infos
    .filter((name) => !recorded.has(name))
    .map((name) => namedByFolder(name).name.slice(0, 256))
    .slice(0, 8_192);
  const unread =
    answer.trouble ??
    (!answer.finished
      ? 'the look ended before all was read'
      : answer.closed.size > 0
        ? `${counted(answer.closed.size, 'file')} or folders are closed to the account that looked`
        : counts.broken > 0
          ? `${counted(counts.broken, 'line')} of RECORDs could not be read`
          : null);
  return {
    environment: sitePackages,
    intact,
    changed,
    // Without an end nobody knows what is missing.
    missing: answer.finished ? missing : [],
    added: added.toSorted((a, b) => Number(b.runsAtStart) - Number(a.runsAtStart)),
    omitted: answer.finished ? omitted : 0,
    unverifiable: counts.unverifiable,
    outside: counts.outside,
    withoutRecord,
    unread,
  };
}
