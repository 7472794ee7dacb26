import type { StoreFailure } from './store-error.ts';

/** From the core to the thread of the store. Answers come in the same order. */
export type StoreRequest = { id: number; name: string; input: unknown } | { id: number; close: true };

/** From the thread of the store. `opened` comes once, before any answer. */
export type StoreResponse =
  | { opened: true }
  | { opened: false; failure: StoreFailure }
  | { id: number; value: unknown }
  | { id: number; failure: StoreFailure };
