import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { RandomAccessReader } from 'yauzl';

const WINDOW = 1024 * 1024;

/** A part of a file, read on as it is asked for what follows. */
class Window {
  readonly #handle: number;
  #buffer = Buffer.alloc(0);
  #bytes = this.#buffer;
  #at = 0;

  constructor(handle: number) {
    this.#handle = handle;
  }

  /** @returns the bytes there; fewer where the file ends. They are others once it is asked again */
  take(at: number, length: number): Buffer {
    if (at < this.#at || at + length > this.#at + this.#bytes.length) {
      const wanted = Math.max(WINDOW, length);
      if (this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafeSlow(wanted);
      let read = 0;
      while (read < this.#buffer.length) {
        const piece = readSync(this.#handle, this.#buffer, read, this.#buffer.length - read, at + read);
        if (piece === 0) break;
        read += piece;
      }
      this.#bytes = this.#buffer.subarray(0, read);
      this.#at = at;
    }
    return this.#bytes.subarray(at - this.#at, at - this.#at + length);
  }
}

/** An archive on the disk of which only parts are held in memory, for the directory and for the contents at once. */
export class ArchiveFile extends RandomAccessReader {
  readonly size: number;
  readonly #handle: number;
  readonly #directory: Window;
  readonly #contents: Window;

  /** @throws what the system says */
  constructor(path: string) {
    super();
    this.#handle = openSync(path, 'r');
    this.size = fstatSync(this.#handle).size;
    this.#directory = new Window(this.#handle);
    this.#contents = new Window(this.#handle);
  }

  /** @returns the bytes there; fewer where the file ends. They are others once it is asked again */
  contents(at: number, length: number): Buffer {
    return this.#contents.take(at, length);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const bytes = this.#directory.take(position, length);
    bytes.copy(buffer, offset);
    // At once: each entry is asked for by itself (`eachEntry`), and a turn for every one would take longer than reading it.
    callback(bytes.length < length ? new Error('it ends too soon') : null);
  }

  override close(callback: (error: Error | null) => void): void {
    setImmediate(callback, null);
  }

  /** Gives the file back. */
  end(): void {
    closeSync(this.#handle);
  }
}
