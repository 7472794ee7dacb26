import { statSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { requireSafeFile } from '../data-folder.ts';
import { asAdvisoriesError, damagedAdvisories, otherAdvisories } from './advisories-error.ts';
import type { AdvisoryFacts } from './advisory-writer.ts';
import { ADVISORIES_ID, ADVISORIES_VERSION, advisoriesFile } from './schema.ts';

/** Nothing that was packed gets larger than this. */
const MOST_UNPACKED = 1_024 * 1_024 * 1_024;

/** Advisories as the last import left them. */
export interface AdvisoryReader {
  facts: AdvisoryFacts;
  /** JSON of what is known of a package, or null when no advisory names it. @throws StoreError `damaged` */
  compiled(ecosystem: string, name: string): string | null;
  /** An advisory as it was published; null when there is none of this id. @throws StoreError `damaged` */
  published(id: string): string | null;
  /** All of them, id and text as published, one after the other. */
  all(): Generator<[id: string, text: string]>;
  /** When each was changed last, in milliseconds since 1970. */
  modified(): Map<string, number>;
  /** Whether an import has put other data in its place since. */
  replaced(): boolean;
  close(): void;
}

interface PackageRow {
  packed: number;
  compiled: Buffer | string;
}

function text(packed: Buffer): string {
  return zstdDecompressSync(packed, { maxOutputLength: MOST_UNPACKED }).toString('utf8');
}

function readFacts(database: Database.Database, file: string): AdvisoryFacts {
  const rows = database.prepare<[], { name: string; value: unknown }>('SELECT name, value FROM fact').all();
  const facts = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const { advisories, newest, importedAt, origin } = facts;
  if (![advisories, newest, importedAt].every(Number.isSafeInteger) || typeof origin !== 'string')
    throw damagedAdvisories(file);
  return facts as unknown as AdvisoryFacts;
}

/**
 * Opens the advisories for reading.
 * @param folder the data folder
 * @returns null when none were imported yet
 * @throws StoreError `unsafe`, `damaged`, `newer` or `failed`
 */
export function readAdvisories(folder: string): AdvisoryReader | null {
  const file = advisoriesFile(folder);
  try {
    if (!requireSafeFile(file)) return null;
    const inode = statSync(file).ino;
    const database = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return reader(database, file, inode);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw asAdvisoriesError(error, file);
  }
}

function reader(database: Database.Database, file: string, inode: number): AdvisoryReader {
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  if (database.pragma('application_id', { simple: true }) !== ADVISORIES_ID) throw damagedAdvisories(file);
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version !== ADVISORIES_VERSION) throw otherAdvisories(file, version, ADVISORIES_VERSION);
  const facts = readFacts(database, file);
  const onePackage = database.prepare<[string, string], PackageRow>(
    'SELECT packed, compiled FROM package WHERE ecosystem = ? AND name = ?',
  );
  const oneAdvisory = database.prepare<[string], { texts: Buffer; place: number }>(
    'SELECT texts, place FROM advisory JOIN chunk ON chunk.number = advisory.chunk WHERE id = ?',
  );
  const everywhere = database.prepare<[], { id: string; chunk: number; place: number }>(
    'SELECT id, chunk, place FROM advisory ORDER BY chunk, place',
  );
  const oneChunk = database.prepare<[number], Buffer>('SELECT texts FROM chunk WHERE number = ?').pluck();
  const sound = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw asAdvisoriesError(error, file);
    }
  };
  return {
    facts,
    compiled: (ecosystem, name) =>
      sound(() => {
        const row = onePackage.get(ecosystem, name);
        if (row === undefined) return null;
        return typeof row.compiled === 'string' ? row.compiled : text(row.compiled);
      }),
    published: (id) =>
      sound(() => {
        const row = oneAdvisory.get(id);
        return row === undefined ? null : (text(row.texts).split('\0')[row.place] ?? null);
      }),
    *all() {
      const placed = new Map<number, [string, number][]>();
      for (const { id, chunk, place } of everywhere.iterate()) {
        const own = placed.get(chunk);
        if (own === undefined) placed.set(chunk, [[id, place]]);
        else own.push([id, place]);
      }
      for (const [number, own] of placed) {
        const texts = oneChunk.get(number);
        const each = texts === undefined ? [] : text(texts).split('\0');
        for (const [id, place] of own) yield [id, each[place] ?? ''];
      }
    },
    modified: () =>
      sound(
        () =>
          new Map(
            database
              .prepare<[], { id: string; modified: number }>('SELECT id, modified FROM advisory')
              .all()
              .map(({ id, modified }) => [id, modified]),
          ),
      ),
    replaced: () => statSync(file, { throwIfNoEntry: false })?.ino !== inode,
    close: () => database.close(),
  };
}
