import type { SealedKeyPlace } from '#shared/domain/sealed/sealed-state.ts';
import type { KeeperVerdict } from './key-keeper.ts';
import type { SealedResult, SealedStore } from './sealed-store.ts';

/** Where the key of the store shall lie. */
export type KeyWish = { keyPlace: 'passphrase'; passphrase: string } | { keyPlace: 'secret-service' };

/** What shows that the operator is asking. */
export type KeyProof =
  | { kind: 'passphrase'; passphrase: string }
  | { kind: 'sheet'; sheet: string }
  /** A person agreed outside the page; for a store whose key the desktop keeps, which asks for no passphrase. */
  | { kind: 'consent' };

/** A recovery sheet, the only time that it is there. */
export interface MadeSheet {
  /** The key in groups, as they are printed. */
  groups: string[];
  /** Which groups are asked for, to see that the sheet is in somebody's hands; counted from 1. */
  asked: number[];
  madeAt: string;
  /** Tells sheets of several consoles apart; no part of the key. */
  store: string;
}

/** What was done, for the ledger. */
export type SealedDeed =
  | 'set-up'
  | 'opened-by-sheet'
  | 'key-place-changed'
  | 'passphrase-changed'
  | 'sheet-made'
  | 'sheet-confirmed'
  | 'wrong-key';

/** The sealed store as the operator handles it: setting up, locking, keys. */
export interface SealedDesk extends SealedStore {
  /** Makes the key, once. The sheet is given back here and never again. */
  setUp(wish: KeyWish): Promise<SealedResult<MadeSheet>>;
  /** Opens it. A wrong passphrase or sheet is answered more slowly each time. */
  unlock(proof: Exclude<KeyProof, { kind: 'consent' }>): Promise<SealedResult<null>>;
  /** Forgets the key until it is asked for again. */
  lock(): Promise<void>;
  /** Puts the key elsewhere, or under another passphrase; secrets and sheet stay as they are. */
  changeKey(proof: KeyProof, wish: KeyWish): Promise<SealedResult<null>>;
  /** Makes another sheet; the one before opens nothing any more. */
  newSheet(proof: KeyProof): Promise<SealedResult<MadeSheet>>;
  /** @param groups what the person read from the paper, in the order of `asked` */
  confirmSheet(groups: readonly string[]): Promise<SealedResult<null>>;
  /** Whether the desktop can keep the key. */
  desktopKeeper(): Promise<KeeperVerdict>;
  /** Locks, and waits for what is being written. Idempotent. */
  close(): Promise<void>;
}

/** Told of what was done, after it was. */
export type TellDeed = (deed: SealedDeed, keyPlace: SealedKeyPlace | null) => void;
