import type { StoreFailure } from '#core/store/store-error.ts';
import type { UpdateResult } from './update-advisories.ts';

/** What the thread that takes advisories is started for. */
export type TakeJob =
  | { kind: 'import'; folder: string; path: string; now: number }
  | { kind: 'update'; folder: string; base: string; now: number };

/** What it may be told meanwhile. */
export type TakeOrder = 'cancel';

/** What it says: words while it works, then one end. */
export type TakeSaid =
  | { words: string }
  | { done: UpdateResult }
  | { data: { message: string; next: string } }
  | { store: StoreFailure };
