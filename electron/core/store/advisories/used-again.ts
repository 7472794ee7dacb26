/** Texts up to here share buffers; a longer one gets its own. */
const SIZE = 1_024 * 1_024;

/**
 * Buffers that are used again. A new one for each of hundreds of texts would wait for the garbage collector, which does not hurry: they
 * made up a third of what an import took.
 */
export class UsedAgain {
  readonly #free: Buffer[] = [];

  /**
   * Hands a text over as UTF-8.
   * @param use may keep the bytes until it resolves, and no longer
   */
  async with<T>(text: string, use: (bytes: Buffer) => Promise<T>): Promise<T> {
    const length = Buffer.byteLength(text);
    if (length > SIZE) return use(Buffer.from(text));
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(SIZE);
    try {
      buffer.write(text);
      return await use(buffer.subarray(0, length));
    } finally {
      this.#free.push(buffer);
    }
  }
}
