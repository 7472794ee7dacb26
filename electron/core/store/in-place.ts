import { databaseFile, openDatabase } from './open-database.ts';
import { OPERATION_NAMES } from './operation-names.ts';
import { takeOwnership } from './ownership.ts';
import { createOperations, type StoreOperationName } from './store.ts';
import { asStoreError } from './store-error.ts';

/** An opened store in this thread. */
export interface PlacedStore {
  /**
   * @param name one of {@link OPERATION_NAMES}; anything else is refused
   * @param input what the operation takes
   * @throws StoreError and nothing else
   */
  run(name: string, input: unknown): unknown;
  close(): void;
}

/**
 * Takes the folder, opens the records and answers in the calling thread.
 * @param folder the prepared data folder
 * @throws StoreError
 */
export function openInPlace(folder: string): PlacedStore {
  const file = databaseFile(folder);
  const ownership = takeOwnership(folder);
  try {
    const database = openDatabase(folder, new Date());
    const operations = createOperations(database);
    return {
      run(name, input) {
        try {
          if (!isOperation(name)) throw new TypeError(`No operation ${name.slice(0, 64)}`);
          return (operations[name] as (argument: unknown) => unknown)(input);
        } catch (error) {
          throw asStoreError(error, file);
        }
      },
      close() {
        database.close();
        ownership.release();
      },
    };
  } catch (error) {
    ownership.release();
    throw asStoreError(error, file);
  }
}

function isOperation(name: string): name is StoreOperationName {
  return (OPERATION_NAMES as readonly string[]).includes(name);
}
