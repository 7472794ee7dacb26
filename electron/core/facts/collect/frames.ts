/** One frame of a trip's answer: which job (`-` for the trip itself), which kind, and its text. */
export interface Frame {
  job: number | null;
  kind: string;
  payload: string;
}

/** Longest line that can be a frame: 3,000 characters of base64 and its head; below PIPE_BUF (4,096), so never torn. */
const MAX_LINE = 3_400;

const HEAD = /^(-|[0-9]{1,3}) ([a-z]{1,8})(?: (.*))?$/;

/**
 * Cuts a trip's standard output into frames. A line counts only when it begins with the nonce of this run; everything
 * else (a greeting of the login shell, lies) is counted and dropped.
 */
export class FrameReader {
  /** Bytes that belonged to no frame. */
  noiseBytes = 0;
  readonly #prefix: string;
  #rest: Buffer = Buffer.alloc(0);
  #skipping = false;

  /** @param nonce random text of this run, `[0-9a-f]+` */
  constructor(nonce: string) {
    this.#prefix = `${nonce} `;
  }

  /** @returns the frames that this piece completes */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
      const frame = this.#skipping ? null : this.#read(bytes, from, end);
      if (frame) frames.push(frame);
      else this.noiseBytes += end + 1 - from;
      this.#skipping = false;
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
    if (this.#rest.length > MAX_LINE) {
      this.noiseBytes += this.#rest.length;
      this.#rest = Buffer.alloc(0);
      this.#skipping = true;
    }
    return frames;
  }

  #read(bytes: Buffer, from: number, end: number): Frame | null {
    if (end - from > MAX_LINE) return null;
    const line = bytes.toString('latin1', from, end);
    if (!line.startsWith(this.#prefix)) return null;
    const match = HEAD.exec(line.slice(this.#prefix.length));
    if (!match) return null;
    return {
      job: match[1] === '-' ? null : Number(match[1]),
      kind: match[2] ?? '',
      payload: match[3] ?? '',
    };
  }
}
