/** A regular file as it was seen. Device and inode are decimal: they may be larger than a number of JavaScript holds. */
export interface SeenFile {
  /** Absolute, without symbolic links. */
  folder: string;
  name: string;
  device: string;
  inode: string;
  size: number;
  /** Milliseconds since 1970 by the node's clock. */
  modifiedAt: number;
  /** When the inode was made, in the same way; 0 where the file system does not say (statx(2)). */
  bornAt: number;
  /** Uid of its owner on the node. */
  owner: number;
}

/** What is at a path. `missing` and `refused` carry words for a person: what is wrong, and what would help. */
export type Look =
  | { kind: 'file'; file: SeenFile }
  | { kind: 'missing'; trouble: string }
  /** Something is there that cannot be read, or that must not be followed. */
  | { kind: 'refused'; trouble: string };

/** A file that can be read. What was opened stays the same file, however it is renamed. */
export interface OpenLog {
  /**
   * @returns at most `length` bytes, which are these until the next read; none at the end of the file; null when the file cannot be
   *   reached any more
   */
  read(offset: number, length: number): Promise<Buffer | null>;
  /** @returns how the file is now, under the name that it was opened by; null when it cannot be reached any more */
  look(): Promise<SeenFile | null>;
  close(): Promise<void>;
}

/**
 * The files of one machine. Whatever is at a path, nothing here blocks on it, follows a link that an agent may have made, or
 * opens anything but a regular file. All methods throw {@link LogTrouble} and nothing else.
 */
export interface LogReach {
  /** @param fresh what a look of a moment ago saw does not do */
  look(path: string, fresh?: boolean): Promise<Look>;
  /** @returns files beside `base` in `folder` that `rotatedName` recognises; at most 512 */
  rotated(folder: string, base: string): Promise<SeenFile[]>;
  /** @returns null when there is another file now, or none */
  open(file: SeenFile): Promise<OpenLog | null>;
  /** Paths of regular files that match; absolute, sorted, at most `most`. */
  matches(pattern: string, most: number): Promise<{ paths: string[]; more: boolean }>;
  /**
   * Calls `wake` when the file or one beside it may have changed. Only a hint: what must not be missed is looked for every
   * `pollMs` as well.
   * @returns stops it; idempotent
   */
  onChange(path: string, wake: () => void): { pollMs: () => number; stop: () => void };
}

/** Why files cannot be reached at the moment, in words for a person. */
export class LogTrouble extends Error {}

/** A rotation was going on while files were compared: nothing may be concluded, it is done again at once. */
export class RotatingNow extends LogTrouble {}

/** Most rotated files of one log that are looked at. */
export const MOST_ROTATED = 512;
