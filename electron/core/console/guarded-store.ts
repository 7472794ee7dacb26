import { OPERATION_NAMES } from '#core/store/operation-names.ts';
import type { Store } from '#core/store/store.ts';
import { StoreError } from '#core/store/store-error.ts';
import { ConsoleError } from './service.ts';

/**
 * The store as procedures use it: what it cannot do arrives as an error of the contract.
 * @returns the same operations, rejecting with ConsoleError `STORE_UNAVAILABLE`
 */
export function guardStore(store: Store): Store {
  const entries = OPERATION_NAMES.map((name) => {
    const operation = store[name] as (input: unknown) => Promise<unknown>;
    const guarded = (input: unknown): Promise<unknown> =>
      operation(input).catch((error: unknown) => {
        throw asConsoleError(error);
      });
    return [name, guarded];
  });
  return { ...Object.fromEntries(entries), close: () => store.close() } as Store;
}

function asConsoleError(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  const { untouched, next } = error;
  const wrapped = new ConsoleError('STORE_UNAVAILABLE', error.message.slice(0, 500), { untouched, next });
  wrapped.cause = error;
  return wrapped;
}
