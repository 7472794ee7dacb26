import type { SealedState } from '#shared/domain/sealed/sealed-state.ts';

/** Why something could not be done with the sealed store. */
export type SealedFailureKind =
  /** There is no key yet: the operator has to set the store up. */
  | 'not-set-up'
  /** The console does not have the key now: the passphrase, or the key ring of the desktop, has to be asked. */
  | 'locked'
  /** The passphrase or the recovery sheet was not the right one. */
  | 'wrong'
  /** What was given is not something that can be sealed: its name, or its size. */
  | 'unfit'
  /** What lies on the disk is not as it was left. */
  | 'damaged'
  /** The file was written by a newer Swarmkeep. */
  | 'newer'
  /** No room left on the disk. */
  | 'full'
  /** Set up already, or somebody else is at it. */
  | 'refused'
  /** Anything else that the system said. */
  | 'failed';

/** A failure that can be shown as it is. Nothing of a secret, a key or a passphrase is ever in it. */
export interface SealedFailure {
  kind: SealedFailureKind;
  message: string;
  untouched: string;
  next: string;
}

/** What came of it: a value, or why not. Nothing here throws on purpose. */
export type SealedResult<T> = { ok: true; value: T } | { ok: false; failure: SealedFailure };

/** A secret of the store, without the secret. */
export interface SealedEntry {
  name: string;
  /** When it was sealed, an instant as ISO 8601. */
  sealedAt: string;
  /** Its length in clear, in bytes. */
  bytes: number;
}

/**
 * Secrets that the console keeps, encrypted under one key that lies elsewhere (AES-256-GCM, NIST SP 800-38D). Only the process
 * that owns the data folder has one. Everything that changes is on the disk (fsync(2) of file and folder) when it resolves:
 * after a power cut or `kill -9` there is the old file or the new one, whole.
 */
export interface SealedStore {
  /** @returns how it stands now; asks nobody */
  state(): SealedState;
  /** @param listener told of every change of `state` @returns the unsubscribe function */
  onState(listener: (state: SealedState) => void): () => void;
  /**
   * Keeps a secret. One of this name that is there already is replaced in the same write.
   * @param name see `sealedName`
   * @param bytes at most SEALED_BYTES; they are copied, and the caller may wipe them once this resolves
   */
  seal(name: string, bytes: Uint8Array): Promise<SealedResult<null>>;
  /** @returns a copy of the secret that the caller wipes after use (`fill(0)`); null when there is none of that name */
  open(name: string): Promise<SealedResult<Buffer | null>>;
  /**
   * Forgets a secret. Works while the store is locked too. The file is written anew without it; what the disk itself or a backup
   * keeps of the former file stays encrypted.
   * @returns whether there was one
   */
  destroy(name: string): Promise<SealedResult<boolean>>;
  /** @returns what is kept, by name; works while the store is locked too */
  list(): Promise<SealedResult<SealedEntry[]>>;
  /**
   * Keeps the store from locking itself while work runs that needs it. It does not open it.
   * @returns the function that lets go; calling it twice is harmless
   */
  hold(): () => void;
}
