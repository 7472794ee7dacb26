/** Ending of the name of an archive. `tar --zstd -x` opens it: it is tar in zstd, with a skippable frame behind. */
export const ARCHIVE_ENDING = '.tar.zst';

/** The last entry. */
export const MANIFEST_NAME = 'manifest.json';

/** Longest manifest that is written or read, in bytes. */
export const MANIFEST_BYTES = 16 * 1024 * 1024;

/** Most that all entries of an archive take, in bytes, and most for one: what is beyond is no archive of ours (a bomb). */
export const CLEAR_BYTES = 512 * 1024 * 1024;
export const ENTRY_BYTES = 16 * 1024 * 1024;
export const MOST_ENTRIES = 4_097;

/** Magic number of a skippable frame (RFC 8878, section 3.1.2), little-endian 0x184D2A5E. */
const MAGIC = Buffer.from([0x5e, 0x2a, 0x4d, 0x18]);
const WORDS = Buffer.from('swarmkeep evidence 1, sha-256: ', 'latin1');
const HASH_BYTES = 32;
/** Length of what stands behind the zstd frame. */
export const SEAL_BYTES = 8 + WORDS.length + HASH_BYTES;

/**
 * @param hash SHA-256 of everything before it, 32 bytes
 * @returns the skippable frame with which an archive ends, so that one flipped byte is seen by the file alone
 */
export function archiveSeal(hash: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(WORDS.length + HASH_BYTES);
  return Buffer.concat([MAGIC, size, WORDS, hash]);
}

/** @returns the hash that a seal names, or null when these bytes are none, in any of them */
export function readSeal(bytes: Buffer): Buffer | null {
  if (bytes.length !== SEAL_BYTES) return null;
  const hash = bytes.subarray(SEAL_BYTES - HASH_BYTES);
  return archiveSeal(hash).equals(bytes) ? hash : null;
}
