import { randomInt } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { keyInFile } from '#core/ledger/key-file.ts';
import { renamed, type Signer } from '#core/ledger/signed-note.ts';
import { alertTable } from './alerts.ts';
import { EventReader } from './event-reader.ts';
import { EventWriter } from './event-writer.ts';
import { TermHash } from './index/term-hash.ts';
import { asAuditError, auditFile, openAuditDatabase, openAuditForReading } from './open-audit-database.ts';
import { type Keep, pruneOnce } from './retention.ts';
import { sourceTable } from './sources.ts';

/** @returns the name under which events are signed: a second log of the same key */
export const eventsOrigin = (ledgerOrigin: string): string => `${ledgerOrigin}/events`;

/** @returns who signs events; null when the ledger has no key, or it cannot be read */
export function eventsSigner(folder: string): Signer | null {
  try {
    const signer = keyInFile(folder).read();
    return signer && renamed(signer, eventsOrigin(signer.verifier.name));
  } catch {
    return null;
  }
}

function notesOf(database: Database) {
  const read = database.prepare('SELECT value FROM note WHERE name = ?').pluck();
  return (name: string): unknown => {
    const text = read.get(name);
    try {
      return typeof text === 'string' ? JSON.parse(text) : null;
    } catch {
      return null;
    }
  };
}

/** Everything that the thread of the audit keeps, for its one writer. */
export function openAuditStore(folder: string, fullText: boolean) {
  const database = openAuditDatabase(folder);
  const file = auditFile(folder);
  try {
    const note = notesOf(database);
    const setNote = database.prepare(
      'INSERT INTO note (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
    const writeNoteText = (name: string, json: string): void => void setNote.run(name, json);
    const writeNote = (name: string, value: unknown): void =>
      writeNoteText(name, JSON.stringify(value ?? null));
    if (note('seed') === null) writeNote('seed', randomInt(2 ** 32));
    const seed = z.int().parse(note('seed'));
    const hash = new TermHash(seed);
    const events = new EventWriter(database, seed, fullText);
    const searches = {
      save: database.prepare('INSERT INTO saved_search (id, name, query) VALUES (@id, @name, @query)'),
      remove: database.prepare('DELETE FROM saved_search WHERE id = ?'),
    };

    /** All or nothing, on the disk when it returns. @throws StoreError and nothing else */
    function durably<T>(work: () => T): T {
      try {
        return database.transaction(work).immediate();
      } catch (error) {
        throw asAuditError(error, file);
      }
    }

    return {
      events,
      reader: new EventReader(database),
      hash,
      sources: sourceTable(database),
      alerts: alertTable(database),
      note,
      writeNote,
      writeNoteText,
      durably,
      saveSearch: (search: { id: string; name: string; query: string }): void =>
        durably(() => void searches.save.run(search)),
      removeSearch: (id: string): boolean => durably(() => searches.remove.run(id).changes > 0),
      /** Removes one segment that is not to be kept. @returns its events; null when there was none */
      prune: (keep: Keep, now: number) => durably(() => pruneOnce(database, keep, now)),
      /** Gives what the log of the database holds to the database itself, as far as nobody reads it. */
      checkpointWal: (): void => void database.pragma('wal_checkpoint(PASSIVE)'),
      close(): void {
        events.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw asAuditError(error, file);
  }
}

export type AuditStore = ReturnType<typeof openAuditStore>;

/** The same for reading beside the writer. */
export function openAuditReading(folder: string) {
  const database = openAuditForReading(folder);
  try {
    const note = notesOf(database);
    const hash = new TermHash(z.int().parse(note('seed')));
    const searches = database.prepare('SELECT id, name, query FROM saved_search ORDER BY name LIMIT 200');
    const fields = database.prepare(
      "SELECT name FROM field_name WHERE name LIKE ? ESCAPE '\\' ORDER BY count DESC LIMIT 50",
    );
    return {
      database,
      reader: new EventReader(database),
      hash,
      sources: sourceTable(database),
      alerts: alertTable(database),
      note,
      searches: () => searches.all() as { id: string; name: string; query: string }[],
      /** @returns names of fields that begin so in any case, most frequent first */
      fieldNames: (begins: string): string[] =>
        fields.pluck().all(`${begins.replaceAll(/[\\%_]/g, '\\$&')}%`) as string[],
      close: (): void => void database.close(),
    };
  } catch (error) {
    database.close();
    throw asAuditError(error, auditFile(folder));
  }
}

export type AuditReading = ReturnType<typeof openAuditReading>;
