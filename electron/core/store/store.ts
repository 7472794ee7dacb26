import type { Database } from 'better-sqlite3';
import { changeOperations } from './operations/changes.ts';
import { decisionOperations } from './operations/decisions.ts';
import { findingOperations } from './operations/findings.ts';
import { incidentOperations } from './operations/incidents.ts';
import { isolationOperations } from './operations/isolations.ts';
import { keeperOperations } from './operations/keeper.ts';
import { ledgerOperations } from './operations/ledger/operations.ts';
import { lookOperations } from './operations/looks.ts';
import { nodeOperations } from './operations/nodes.ts';
import { packageIgnoreOperations } from './operations/package-ignores.ts';
import { packagePurposeOperations } from './operations/package-purposes.ts';
import { rotationOperations } from './operations/rotations.ts';

/**
 * Everything that can be asked of the records, as plain synchronous functions of one plain argument, so that the same
 * code answers in a thread of its own and in place.
 * @param database opened by `openDatabase`
 */
export function createOperations(database: Database) {
  const operations = {
    ...nodeOperations(database),
    ...lookOperations(database),
    ...findingOperations(database),
    ...decisionOperations(database),
    ...changeOperations(database),
    ...keeperOperations(database),
    ...packageIgnoreOperations(database),
    ...packagePurposeOperations(database),
    ...rotationOperations(database),
    ...incidentOperations(database),
    ...isolationOperations(database),
  };
  return { ...operations, ...ledgerOperations(database, operations) };
}

export type StoreOperations = ReturnType<typeof createOperations>;
export type StoreOperationName = keyof StoreOperations;

/** The records as the core sees them. Every operation rejects with a StoreError and nothing else. */
export type Store = {
  [Name in StoreOperationName]: (
    ...input: Parameters<StoreOperations[Name]>
  ) => Promise<ReturnType<StoreOperations[Name]>>;
} & {
  /** Ends the thread and gives the folder free. Idempotent. */
  close(): Promise<void>;
};
