/** Whether a key ring can be trusted with a key, and if not why, in a sentence. */
export type KeeperVerdict = { real: true } | { real: false; why: string };

/** Somebody else who keeps a key from one start of the console to the next: the Secret Service of the desktop. */
export interface KeyKeeper {
  /** Tries it with a random key, and looks whether that lies anywhere in clear. Takes seconds at most. */
  verdict(): Promise<KeeperVerdict>;
  /**
   * @param id of the store
   * @returns false when it was not taken
   */
  keep(id: string, key: Uint8Array): Promise<boolean>;
  /** @returns the key, in memory that the caller wipes; null when there is none, a sentence when it cannot be asked now */
  read(id: string): Promise<Buffer | null | string>;
  /** Takes it away again. Nobody is told when that fails: without the file it opens nothing. */
  forget(id: string): Promise<void>;
}
