import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { requireSafeFile } from '../data-folder.ts';
import { asAdvisoriesError, damagedAdvisories } from './advisories-error.ts';
import { RowsTogether } from './rows-together.ts';
import { ADVISORIES_ID, ADVISORIES_SCHEMA, ADVISORIES_VERSION, advisoriesFile } from './schema.ts';
import { UsedAgain } from './used-again.ts';

/** Advisories of one chunk: enough for Zstandard to find what they have in common, and few enough to unpack for the sake of one. */
const CHUNK = 64;
/** A chunk ends before, once its texts have so many UTF-16 units: a few long ones would fill the memory. */
const LONGEST_CHUNK = 1_024 * 1_024;
/** Chunks that are packed in threads of their own at one time; whoever brings more waits. */
const AT_ONCE = 2;
const packAside = promisify(zstdCompress);
/** Small buffers: thousands of large ones would wait for the garbage collector at once. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 4_096 };
const FAST_ASIDE = { ...FAST, chunkSize: 32_768 };
/** Unpacking costs more than reading, up to here: hundreds of packages are asked for at once. */
const WORTH_PACKING = 16_384;

/** What is known of the whole set. */
export interface AdvisoryFacts {
  advisories: number;
  /** Milliseconds since 1970. */
  newest: number;
  importedAt: number;
  /** File, folder or address that it came from. */
  origin: string;
}

/**
 * Writes a set of advisories into a file of its own beside the one in use, and puts it in its place at the end: whoever reads
 * meanwhile reads the former one to its end, and whatever goes wrong leaves that one.
 */
export interface AdvisoryWriter {
  /** @param text JSON as published; the last one of an id counts */
  advisory(id: string, modified: number, text: string): void;
  /** @param compiled JSON of what is known of the package */
  package(ecosystem: string, name: string, compiled: string): void;
  /** Resolves when more may be brought. @throws StoreError for what could not be written meanwhile */
  ready(): Promise<void>;
  /** Checks what was written and takes it into use. @throws StoreError; the former data then stays */
  commit(facts: AdvisoryFacts): Promise<void>;
  /** Forgets what was written. Does nothing after `commit`. */
  abandon(): void;
}

/** Takes away what an import left that was killed. */
function sweep(file: string): void {
  const prefix = `${basename(file)}.new-`;
  for (const name of readdirSync(dirname(file))) {
    if (!name.startsWith(prefix)) continue;
    const owner = Number(/^\d+/.exec(name.slice(prefix.length))?.[0]);
    if (owner !== process.pid && !runs(owner)) rmSync(join(dirname(file), name), { force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Takes away what a thread of this process left that ended before it was done.
 * @param folder the data folder; nobody of this process may be writing
 */
export function forgetUnfinished(folder: string): void {
  rmSync(unfinished(advisoriesFile(folder)), { force: true });
}

function unfinished(file: string): string {
  return `${file}.new-${process.pid}`;
}

/** Puts a name on the disk, not only what it stands for. */
function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Begins to write.
 * @param folder the prepared data folder
 * @throws StoreError `unsafe`, `full` or `failed`; so does each of its functions
 */
export function writeAdvisories(folder: string): AdvisoryWriter {
  const file = advisoriesFile(folder);
  const made = unfinished(file);
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      abandon();
      throw asAdvisoriesError(error, file);
    }
  };
  let database: Database.Database | null = null;
  const abandon = (): void => {
    if (database === null) return;
    database.close();
    database = null;
    rmSync(made, { force: true });
  };

  const open = guarded(() => {
    requireSafeFile(file);
    sweep(file);
    rmSync(made, { force: true });
    closeSync(openSync(made, 'wx', 0o600));
    database = new Database(made);
    // Nobody else knows the file, and one that is not finished is thrown away: no journal is needed.
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.pragma('page_size = 4096');
    database.pragma('cache_size = -4096');
    database.pragma(`application_id = ${ADVISORIES_ID}`);
    database.exec(ADVISORIES_SCHEMA);
    database.exec('BEGIN');
    return database;
  });
  const insertChunk = open.prepare('INSERT INTO chunk (number, texts) VALUES (?, ?)');
  const advisories = new RowsTogether(
    open,
    'INSERT OR REPLACE INTO advisory (id, modified, chunk, place)',
    4,
  );
  const packages = new RowsTogether(open, 'INSERT INTO package (ecosystem, name, packed, compiled)', 4);
  const insertFact = open.prepare('INSERT INTO fact (name, value) VALUES (?, ?)');

  let texts: string[] = [];
  let length = 0;
  let chunk = 0;
  const buffers = new UsedAgain();
  const packing: Promise<void>[] = [];
  const flush = (): void => {
    if (texts.length === 0) return;
    const number = chunk;
    const packed = buffers
      .with(texts.join('\0'), (bytes) => packAside(bytes, FAST_ASIDE))
      .then((bytes) => {
        // Nothing is left to write to once it was abandoned.
        if (database !== null) insertChunk.run(number, bytes);
      });
    // It is heard of when it is waited for.
    packed.catch(() => undefined);
    packing.push(packed);
    chunk += 1;
    texts = [];
    length = 0;
  };
  const packedUpTo = async (most: number): Promise<void> => {
    try {
      while (packing.length > most) await packing.shift();
    } catch (error) {
      abandon();
      throw asAdvisoriesError(error, file);
    }
  };

  return {
    advisory: (id, modified, text) =>
      guarded(() => {
        advisories.add(id, modified, chunk, texts.length);
        texts.push(text);
        length += text.length;
        if (texts.length === CHUNK || length >= LONGEST_CHUNK) flush();
      }),
    package: (ecosystem, name, compiled) =>
      guarded(() => {
        const packed = compiled.length < WORTH_PACKING ? null : zstdCompressSync(Buffer.from(compiled), FAST);
        packages.add(ecosystem, name, packed === null ? 0 : 1, packed ?? compiled);
      }),
    ready: () => packedUpTo(AT_ONCE),
    async commit(facts) {
      guarded(flush);
      await packedUpTo(0);
      guarded(() => {
        advisories.end();
        packages.end();
        for (const [name, value] of Object.entries(facts)) insertFact.run(name, value);
        open.exec('COMMIT');
        open.pragma(`user_version = ${ADVISORIES_VERSION}`);
        if (open.pragma('integrity_check(1)', { simple: true }) !== 'ok') throw damagedAdvisories(made);
        open.close();
        database = null;
        sync(made);
        renameSync(made, file);
        sync(dirname(file));
      });
    },
    abandon,
  };
}
