import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireSafeFile } from '#core/store/data-folder.ts';
import { StoreError } from '#core/store/store-error.ts';
import { makeSigner, readSigner, type Signer } from './signed-note.ts';

/** Longer than any key with its name. */
const MOST_BYTES = 512;

/**
 * Where the signing key of a ledger is kept. The file below is one place, for every shell. A second one, the Secret Service
 * of the desktop, belongs behind the same interface, once the core can reach a real one.
 */
export interface KeyPlace {
  kind: 'file';
  /**
   * @returns the key, or null when there is none
   * @throws StoreError when there is one that cannot be read or that others could have written; never with its contents
   */
  read(): Signer | null;
  /**
   * Makes a key and keeps it, on the disk before this returns. One that is there is never written over.
   * @param origin the name of the ledger; a new one when null
   */
  make(origin: string | null): Signer;
}

/** @returns path of the key in a data folder */
export function ledgerKeyFile(folder: string): string {
  return join(folder, 'ledger.key');
}

/** The key in a file of mode 0600 in the data folder, which is 0700. */
export function keyInFile(folder: string): KeyPlace {
  const file = ledgerKeyFile(folder);
  return {
    kind: 'file',
    read() {
      const text = readSafely(file);
      if (text === null) return null;
      const signer = readSigner(text);
      if (signer === null) throw keyTrouble(`${file} holds no key of this ledger.`);
      return signer;
    },
    make(origin) {
      const made = makeSigner(origin ?? `swarmkeep/${randomBytes(8).toString('hex')}`);
      const handle = openSync(file, 'wx', 0o600);
      try {
        writeSync(handle, `${made.text}\n`);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      syncFolder(dirname(file));
      return made.signer;
    },
  };
}

/** @returns null when there is no such file; whatever keeps it from being read is trouble with the key and nothing else */
function readSafely(file: string): string | null {
  try {
    return requireSafeFile(file) ? readBounded(file) : null;
  } catch (error) {
    const said = error instanceof Error ? error.message : 'it cannot be read';
    throw keyTrouble(`The key that signs the ledger cannot be used: ${said}`.slice(0, 480));
  }
}

function readBounded(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    if (fstatSync(handle).size > MOST_BYTES) return '';
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, MOST_BYTES, 0));
  } finally {
    closeSync(handle);
  }
}

/** A file is only there after a power cut when its folder is on the disk too (fsync(2)). */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** @param message what is wrong with the key, without a character of it */
export function keyTrouble(message: string): StoreError {
  return new StoreError({
    kind: 'ledger',
    message,
    untouched: 'The events that were recorded before are as they were.',
    next: 'Put ledger.key back from where you kept a copy, or begin with a new key: swarmkeep verify --new-key REASON.',
  });
}
