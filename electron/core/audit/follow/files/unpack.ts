import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';

/** What a packed log may become. A bomb is anything that goes beyond. */
export interface UnpackLimits {
  /** Bytes that are unpacked whatever the ratio. */
  free: number;
  /** Unpacked to packed bytes, beyond the free ones. */
  ratio: number;
  /** Bytes that are unpacked at most. */
  total: number;
}

/** A log of nothing but equal lines packs 1:1,000 and better, so that much of it is allowed; then what honest logs reach. */
export const UNPACK_LIMITS: UnpackLimits = {
  free: 256 * 1024 * 1024,
  ratio: 200,
  total: 8 * 1024 * 1024 * 1024,
};

const CHUNK_BYTES = 256 * 1024;
/** zstd(1) packs with at most 8 MiB unless `--ultra` or `--long` is given; this is what unpacking may take of memory. */
const MOST_WINDOW_LOG = 26;

/** A packed file that cannot be unpacked, or must not be. The message is for a person. */
export class UnpackError extends Error {
  override readonly name = 'UnpackError';
}

/** Frames of one file: a packer that works in parallel writes one for every few megabytes. */
const MOST_FRAMES = 100_000;

/**
 * Unpacks as it is read, in bounded memory.
 * @param raw the packed bytes in order
 * @returns the unpacked bytes in pieces; throws {@link UnpackError}, and whatever `raw` throws
 */
export async function* unpacked(
  raw: AsyncIterable<Buffer>,
  packing: 'gzip' | 'zstd',
  limits: UnpackLimits = UNPACK_LIMITS,
): AsyncGenerator<Buffer, void> {
  const source = new PackedPieces(raw);
  let bytes = 0;
  let frames = 0;
  try {
    while (frames === 0 || (await source.more())) {
      frames += 1;
      if (frames > MOST_FRAMES) throw new UnpackError(`It has more than ${MOST_FRAMES} parts.`);
      for await (const piece of frame(source, packing)) {
        bytes += piece.length;
        if (bytes > limits.total) throw new UnpackError(`It unpacks to more than ${limits.total} bytes.`);
        if (bytes > limits.free && bytes > source.taken * limits.ratio) {
          throw new UnpackError(
            `It unpacks to more than ${limits.ratio} times its size, as no honest log does.`,
          );
        }
        yield piece;
      }
      // zlib goes on through members by itself, and what stands behind the last one is no log (gzip(1), "trailing garbage").
      if (packing === 'gzip') return;
    }
  } catch (error) {
    if (error === source.error || error instanceof UnpackError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UnpackError(`It cannot be unpacked (${code}).`);
  } finally {
    await source.end();
  }
}

/** Pieces of the packed file, of which the rest can be given back. */
class PackedPieces {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer | null = null;
  /** Bytes that were read. */
  taken = 0;
  /** What reading threw. */
  error: unknown = null;

  constructor(raw: AsyncIterable<Buffer>) {
    this.#pieces = raw[Symbol.asyncIterator]();
  }

  async next(): Promise<Buffer | null> {
    const rest = this.#rest;
    this.#rest = null;
    if (rest !== null) return rest;
    try {
      for (;;) {
        const piece = await this.#pieces.next();
        if (piece.done) return null;
        this.taken += piece.value.length;
        if (piece.value.length > 0) return piece.value;
      }
    } catch (error) {
      this.error = error;
      throw error;
    }
  }

  giveBack(rest: Buffer): void {
    this.#rest = rest.length > 0 ? rest : null;
  }

  async more(): Promise<boolean> {
    this.#rest ??= await this.next();
    return this.#rest !== null;
  }

  async end(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/**
 * Unpacks one frame, or what gunzip takes for one. Node's stream for zstd ends behind a frame whatever else was given to it; a
 * file may have several (RFC 8878, section 3), so the rest is given back for the next one.
 */
async function* frame(source: PackedPieces, packing: 'gzip' | 'zstd'): AsyncGenerator<Buffer> {
  const unpack =
    packing === 'gzip'
      ? createGunzip({ chunkSize: CHUNK_BYTES })
      : createZstdDecompress({
          chunkSize: CHUNK_BYTES,
          params: { [constants.ZSTD_d_windowLogMax]: MOST_WINDOW_LOG },
        });
  const feeding = feed(source, unpack).catch((error: Error) => void unpack.destroy(error));
  try {
    yield* unpack as AsyncIterable<Buffer>;
    await feeding;
  } finally {
    unpack.destroy();
  }
}

async function feed(source: PackedPieces, unpack: Gunzip | ZstdDecompress): Promise<void> {
  for (;;) {
    const piece = await source.next();
    if (piece === null) break;
    const before = unpack.bytesWritten;
    await new Promise<void>((resolve, reject) => {
      const onClose = (): void => resolve();
      unpack.once('close', onClose);
      unpack.write(piece, (error) => {
        unpack.off('close', onClose);
        if (error) reject(error);
        else resolve();
      });
    });
    if (unpack.destroyed) return;
    const used = unpack.bytesWritten - before;
    if (used < piece.length) {
      source.giveBack(piece.subarray(used));
      return;
    }
  }
  unpack.end();
}
