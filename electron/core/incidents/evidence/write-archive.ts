import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import { Header } from 'tar';
import { partialOf, placeNew } from '#core/backup/place-new.ts';
import { archiveSeal, CLEAR_BYTES, ENTRY_BYTES } from './archive-form.ts';

const BLOCK = 512;

/**
 * Writes an archive piece by piece: tar (POSIX ustar, plain files with names of our own) in zstd with checksums, behind it a seal.
 * Nothing of it lies on the disk in another form, and it has its name only when it is whole and on the disk.
 */
export class ArchiveWriter {
  readonly #file: string;
  readonly #partial: string;
  readonly #handle: FileHandle;
  readonly #zstd: ZstdCompress;
  readonly #hash = createHash('sha256');
  readonly #pumped: Promise<void>;
  #failure: unknown = null;
  #clear = 0;
  #bytes = 0;

  private constructor(file: string, partial: string, handle: FileHandle) {
    this.#file = file;
    this.#partial = partial;
    this.#handle = handle;
    this.#zstd = createZstdCompress({
      params: {
        [constants.ZSTD_c_compressionLevel]: 3,
        [constants.ZSTD_c_checksumFlag]: 1,
      },
    });
    this.#pumped = this.#pump().catch((error: unknown) => {
      this.#failure ??= error;
      this.#zstd.destroy();
    });
  }

  /** @throws the error of the file system */
  static async open(file: string): Promise<ArchiveWriter> {
    const partial = partialOf(file);
    return new ArchiveWriter(file, partial, await open(partial, 'wx', 0o600));
  }

  /** Bytes that may still be added. */
  get room(): number {
    return CLEAR_BYTES - this.#clear;
  }

  /**
   * @param name of our own making, at most 100 bytes of ASCII
   * @param at becomes the time of the entry
   * @throws the error of the file system, e.g. ENOSPC
   */
  async add(name: string, content: Buffer, at: Date): Promise<void> {
    if (content.length > ENTRY_BYTES || content.length > this.room)
      throw new Error('Too large for an archive');
    const head = Buffer.alloc(BLOCK);
    const header = new Header({
      path: name,
      mode: 0o600,
      size: content.length,
      mtime: new Date(Math.floor(at.getTime() / 1_000) * 1_000),
      type: 'File',
      uid: 0,
      gid: 0,
      uname: '',
      gname: '',
    });
    if (header.encode(head)) throw new Error(`The name ${name} does not fit into a header`);
    this.#clear += content.length + 2 * BLOCK;
    await this.#write(head);
    await this.#write(content);
    const past = content.length % BLOCK;
    if (past > 0) await this.#write(Buffer.alloc(BLOCK - past));
  }

  /** Ends the archive and gives it its name. @returns its size, and the SHA-256 of the whole file */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    await this.#write(Buffer.alloc(2 * BLOCK));
    this.#zstd.end();
    await this.#pumped;
    if (this.#failure !== null) throw this.#failure;
    const seal = archiveSeal(this.#hash.copy().digest());
    this.#hash.update(seal);
    await this.#handle.writeFile(seal);
    this.#bytes += seal.length;
    await this.#handle.sync();
    await this.#handle.close();
    await placeNew(this.#partial, this.#file);
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Gives it up: nothing is left. Never throws, and does nothing after `finish`. */
  async abandon(): Promise<void> {
    this.#failure ??= new Error('abandoned');
    this.#zstd.destroy();
    await this.#pumped;
    await this.#handle.close().catch(() => undefined);
    await rm(this.#partial, { force: true }).catch(() => undefined);
  }

  async #pump(): Promise<void> {
    for await (const chunk of this.#zstd as AsyncIterable<Buffer>) {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      await this.#handle.writeFile(chunk);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (bytes.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#zstd.write(bytes, (error) => (error ? reject(this.#failure ?? error) : resolve()));
    });
    if (this.#failure !== null) throw this.#failure;
  }
}
