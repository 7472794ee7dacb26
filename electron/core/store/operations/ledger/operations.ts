import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { eventLines } from '#core/ledger/event-text.ts';
import { keyInFile } from '#core/ledger/key-file.ts';
import type { LedgerWho } from '#shared/domain/ledger.ts';
import { ledgerReader } from './reader.ts';
import { ledgerTables } from './tables.ts';
import { ledgerWriter } from './writer.ts';

/** An operation of the store as it is named between threads. */
type Operations = Readonly<Record<string, unknown>>;

/**
 * The ledger, and what makes any other operation of the store leave its event in the same transaction.
 * @param operations all others
 */
export function ledgerOperations(database: Database, operations: Operations) {
  const place = keyInFile(dirname(database.name));
  const tables = ledgerTables(database);
  const writer = ledgerWriter(database, tables, place);

  /** All or nothing, on the disk when it returns (PRAGMA synchronous = FULL). */
  function durably<T>(work: () => T): T {
    try {
      return database.transaction(work).immediate();
    } catch (error) {
      writer.forget();
      throw error;
    }
  }

  return {
    ...ledgerReader(database, tables, place),

    /** Begins the ledger with a key and its first event, unless it was begun. */
    beginLedger: (input: { at: string; who: LedgerWho }): void =>
      durably(() =>
        writer.begin((verifierKey) =>
          eventLines([{ kind: 'ledger-begun', ...input, where: null, what: { verifierKey } }]),
        ),
      ),

    /** Goes on with a new key, because the former one is gone. */
    replaceLedgerKey: (input: { at: string; who: LedgerWho; reason: string }): void =>
      durably(() =>
        writer.replaceKey((verifierKey) => {
          const { reason, ...rest } = input;
          return eventLines([
            { kind: 'ledger-key-replaced', ...rest, where: null, what: { verifierKey, reason } },
          ]);
        }),
      ),

    /**
     * Appends events in one durable transaction, with hashes and a signed checkpoint over them.
     * @param input.lines as `eventLines` makes them
     * @returns number of the last one
     */
    appendEvents: (input: { lines: string }): number => durably(() => writer.append(input.lines)),

    /**
     * Runs another operation and appends the events about it, both or neither. Nothing is appended when the operation
     * says by null or false that it did nothing.
     */
    recorded: (input: { operation: string; input: unknown; lines: string }): unknown =>
      durably(() => {
        const operation = Object.hasOwn(operations, input.operation) ? operations[input.operation] : null;
        if (typeof operation !== 'function') throw new TypeError('There is no such operation to record');
        const result: unknown = operation(input.input);
        if (result !== null && result !== false) writer.append(input.lines);
        return result;
      }),
  };
}
