import { randomBytes } from 'node:crypto';
import type { ScriptChannel, ScriptHost } from '#core/hosts/host.ts';
import { LogTrouble } from '../files/log-reach.ts';
import { loopScript } from './loop-script.ts';

const HELLO_MS = 30_000;
const ANSWER_MS = 20_000;
/** setTimeout(3) of Node takes no more: after 24 days the loop is begun anew. */
const RUN_MS = 2_147_000_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** The last line of an answer is never longer. */
const LONGEST_STATUS = 256;

/** An answer: bytes, and the words of its last line. */
export interface LoopAnswer {
  body: Buffer;
  status: string;
}

interface Pending {
  mostBytes: number;
  pieces: Buffer[];
  bytes: number;
  resolve(answer: LoopAnswer): void;
  reject(error: LogTrouble): void;
}

/**
 * The loop on one node, over the connection that its host has or makes. Orders are answered one after the other, each with at most
 * the bytes that were asked for: whatever the node sends, no more than one answer is in memory. A loop that ended is begun
 * again by the next order, after a pause that grows.
 */
export class NodeLoop {
  readonly #host: ScriptHost;
  readonly #sudo: boolean;
  #session: Session | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #pauseMs = FIRST_PAUSE_MS;
  #notBefore = 0;
  #trouble = '';
  #closed = false;

  /** @param sudo become root there where `sudo -n` needs no password */
  constructor(host: ScriptHost, sudo = true) {
    this.#host = host;
    this.#sudo = sudo;
  }

  /** The uid that the loop has on the node; null while it does not run. */
  get uid(): number | null {
    return this.#session?.uid ?? null;
  }

  /**
   * @param order the word and its values; a value with a line feed or NUL is refused
   * @param mostBytes a longer answer ends the loop
   * @returns throws `LogTrouble` when the node cannot be reached or does not answer as it should
   */
  ask(order: readonly string[], mostBytes: number): Promise<LoopAnswer> {
    const answer = this.#queue.then(() => this.#ask(order, mostBytes));
    this.#queue = answer.catch(() => {});
    return answer;
  }

  async #ask(order: readonly string[], mostBytes: number): Promise<LoopAnswer> {
    if (order.some((value) => /[\n\0]/.test(value))) throw new LogTrouble('Its name has a line feed in it.');
    if (this.#closed) throw new LogTrouble('Following has ended.');
    if (!this.#session?.alive) {
      if (performance.now() < this.#notBefore) throw new LogTrouble(this.#trouble);
      this.#session = new Session(this.#host, this.#sudo);
    }
    const session = this.#session;
    try {
      await session.ready;
      const answer = await session.ask(order, mostBytes);
      this.#pauseMs = FIRST_PAUSE_MS;
      return answer;
    } catch (error) {
      session.end();
      this.#trouble = error instanceof LogTrouble ? error.message : 'The node does not answer.';
      this.#notBefore = performance.now() + this.#pauseMs;
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      throw new LogTrouble(this.#trouble);
    }
  }

  /** Ends the loop, not the host. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#session?.end();
    await this.#session?.ended;
  }
}

/** One run of the script. */
class Session {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  alive = true;
  uid: number | null = null;
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #abort = new AbortController();
  #channel: ScriptChannel | null = null;
  #pending: Pending | null = null;

  constructor(host: ScriptHost, sudo: boolean) {
    this.ready = this.#hello();
    this.ready.catch(() => {});
    this.ended = host
      .run({
        script: loopScript(this.#nonce),
        sudo: sudo && 'unless-refused',
        timeoutMs: RUN_MS,
        maxStdoutBytes: Number.MAX_SAFE_INTEGER,
        signal: this.#abort.signal,
        onOutput: (chunk, channel) => this.#take(chunk, channel),
      })
      .then((result) => {
        this.alive = false;
        const why = result.ok
          ? 'The shell on the node ended.'
          : `${result.error.message} ${result.error.next}`.trim();
        this.#fail(why);
      });
  }

  async ask(order: readonly string[], mostBytes: number, limitMs = ANSWER_MS): Promise<LoopAnswer> {
    if (!this.alive) throw new LogTrouble('The shell on the node ended.');
    this.#channel?.write(`${order.join('\n')}\n`);
    return this.#answer(mostBytes, limitMs);
  }

  end(): void {
    this.alive = false;
    this.#abort.abort();
  }

  async #hello(): Promise<void> {
    const { status } = await this.#answer(65_536, HELLO_MS);
    const uid = /^hello (\d{1,10})$/.exec(status)?.[1];
    if (uid !== undefined) {
      this.uid = Number(uid);
      return;
    }
    const lacks = /^lacks ([A-Za-z0-9 ]{1,64})$/.exec(status)?.[1];
    throw new LogTrouble(
      lacks
        ? `Its files cannot be followed: the node lacks ${lacks}.`
        : 'The node does not answer as it should.',
    );
  }

  #answer(mostBytes: number, limitMs: number): Promise<LoopAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail('The node did not answer in time.');
        this.end();
      }, limitMs);
      this.#pending = {
        mostBytes,
        pieces: [],
        bytes: 0,
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  #take(chunk: Buffer, channel: ScriptChannel): void {
    this.#channel = channel;
    const pending = this.#pending;
    if (pending) {
      pending.pieces.push(chunk);
      pending.bytes += chunk.length;
    }
    if (!pending || pending.bytes > pending.mostBytes + LONGEST_STATUS) {
      this.#fail('The node sent something that was not asked for.');
      this.end();
      return;
    }
    const tail = lastBytes(pending.pieces, LONGEST_STATUS);
    const mark = tail.lastIndexOf(`\n${this.#nonce} `);
    if (mark === -1 || tail[tail.length - 1] !== 10) return;
    const status = tail.toString('latin1', mark + this.#nonce.length + 2, tail.length - 1);
    if (status.includes('\n')) return;
    const all = Buffer.concat(pending.pieces);
    this.#pending = null;
    pending.resolve({ body: all.subarray(0, all.length - (tail.length - mark)), status });
  }

  #fail(why: string): void {
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(new LogTrouble(why.slice(0, 1_024)));
  }
}

/** @returns the last bytes of all pieces together */
function lastBytes(pieces: readonly Buffer[], most: number): Buffer {
  let bytes = 0;
  let first = pieces.length;
  while (first > 0 && bytes < most) {
    first -= 1;
    bytes += pieces[first]?.length ?? 0;
  }
  const last =
    first === pieces.length - 1 ? (pieces[first] ?? Buffer.alloc(0)) : Buffer.concat(pieces.slice(first));
  return last.subarray(Math.max(0, last.length - most));
}
