import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { StoreError } from '#core/store/store-error.ts';

/** Bytes that are read at once. */
const PIECE = 262_144;
/** Bytes that a compressed file may unpack to: more is a bomb. */
const MOST_BYTES = 64 * 1024 * 1024 * 1024;

/**
 * A file that is read once, in several passes. It is opened one time: whoever owns its folder cannot put another file, a pipe or a device in
 * its place between two passes.
 */
export class OpenedFile {
  readonly path: string;
  /** Bytes of it when it was opened, packed as it is. */
  readonly size: number;
  /** Bytes of it that this pass has read, packed as it is. */
  done = 0;
  readonly #handle: FileHandle;
  readonly #signal: AbortSignal;

  private constructor(path: string, size: number, handle: FileHandle, signal: AbortSignal) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
    this.#signal = signal;
  }

  /**
   * @param path links are followed as they stand now; what is no plain file is not waited for (open(2), O_NONBLOCK)
   * @param signal ends every pass
   * @throws StoreError `failed` with words for what cannot be read
   */
  static async open(path: string, signal: AbortSignal): Promise<OpenedFile> {
    let real: string;
    let handle: FileHandle;
    try {
      real = await realpath(path);
      const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_NOCTTY } = constants;
      handle = await open(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    } catch (error) {
      // A socket cannot be opened at all (ENXIO).
      const isPlain = (error as NodeJS.ErrnoException).code !== 'ENXIO';
      throw unreadable(path, isPlain ? 'It is not there, or may not be read.' : 'It is no plain file.');
    }
    try {
      const stat = await handle.stat();
      if (stat.isFile()) return new OpenedFile(real, stat.size, handle, signal);
    } catch {
      await handle.close();
      throw unreadable(path, 'It is not there, or may not be read.');
    }
    await handle.close();
    throw unreadable(path, 'It is no plain file.');
  }

  /** Its bytes from the beginning, unpacked when its name says that it is packed (gzip RFC 1952, Zstandard RFC 8878). */
  async *bytes(): AsyncGenerator<Buffer> {
    const { path } = this;
    const unpack = /\.gz$/i.test(path)
      ? createGunzip()
      : /\.zst$/i.test(path)
        ? createZstdDecompress()
        : null;
    const file = unpack === null ? null : Readable.from(this.#pieces(), { objectMode: false });
    if (unpack !== null) file?.on('error', (error) => unpack.destroy(error)).pipe(unpack);
    let total = 0;
    try {
      for await (const chunk of unpack ?? this.#pieces()) {
        if (this.#signal.aborted) throw stopped(path);
        total += chunk.length;
        if (total > MOST_BYTES) throw unreadable(path, 'It unpacks to more than 64 GiB.');
        yield chunk;
      }
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw unreadable(path, error instanceof Error ? error.message.slice(0, 200) : 'It is damaged.');
    } finally {
      file?.destroy();
      unpack?.destroy();
    }
  }

  /** The bytes as they lie there; each piece is one of its own. */
  async *#pieces(): AsyncGenerator<Buffer> {
    this.done = 0;
    for (;;) {
      const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, this.done);
      if (bytesRead === 0) return;
      this.done += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** @returns why a file cannot be taken in, in words */
export function unreadable(path: string, why: string): StoreError {
  return new StoreError({
    kind: 'failed',
    message: `${path} cannot be read as a log: ${why}`.slice(0, 480),
    untouched: 'What was read of it before stays.',
    next: 'Give a file of text in UTF-8, or one packed with gzip or zstd.',
  });
}

function stopped(path: string): StoreError {
  return new StoreError({
    kind: 'failed',
    message: `${path} was not read to its end: it was stopped.`.slice(0, 480),
    untouched: 'What was read of it until then stays.',
    next: 'Read it again: it goes on where it was stopped.',
  });
}
