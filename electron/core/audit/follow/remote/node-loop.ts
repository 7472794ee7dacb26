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
/** A loop that ran so long ended by something new: only then the pause begins anew, however well it answered before. */
const STEADY_MS = 60_000;
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
 * the bytes that were asked for: whatever the node sends, no more than one answer is in memory. A loop that ended, for whatever reason,
 * is begun again by the next order after a pause that grows; until then each order is told why it ended.
 */
export class NodeLoop {
  readonly #host: ScriptHost;
  readonly #sudo: boolean;
  #session: Session | null = null;
  #ending: Promise<void> = Promise.resolve();
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
    if (this.#session?.alive === false) this.#rest(this.#session);
    if (performance.now() < this.#notBefore) throw new LogTrouble(this.#trouble);
    this.#session ??= new Session(this.#host, this.#sudo);
    const session = this.#session;
    try {
      await session.ready;
      return await session.ask(order, mostBytes);
    } catch (error) {
      session.end(error instanceof LogTrouble ? error.message : 'The node does not answer.');
      this.#rest(session);
      throw new LogTrouble(this.#trouble);
    }
  }

  /** A loop has ended: the next one is begun after a pause. */
  #rest(session: Session): void {
    if (this.#session !== session) return;
    this.#session = null;
    this.#ending = session.ended;
    if (session.endedAt - session.beganAt > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#notBefore = session.endedAt + this.#pauseMs;
    const seconds = Math.ceil(this.#pauseMs / 1_000);
    const when = seconds === 1 ? 'in a second' : `in ${seconds} seconds`;
    this.#trouble = `${session.why} The node is asked again ${when}.`;
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  /** Ends the loop, not the host. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const session = this.#session;
    session?.end('Following has ended.');
    await Promise.all([session?.ended, this.#ending]);
  }
}

/** One run of the script. */
class Session {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  alive = true;
  readonly beganAt = performance.now();
  endedAt = 0;
  why = '';
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
        const { message, next } = result.ok
          ? { message: 'The shell on the node ended.', next: '' }
          : result.error;
        this.end(`${message} ${next}`.trim());
      });
  }

  async ask(order: readonly string[], mostBytes: number, limitMs = ANSWER_MS): Promise<LoopAnswer> {
    if (!this.alive) throw new LogTrouble(this.why);
    this.#channel?.write(`${order.join('\n')}\n`);
    return this.#answer(mostBytes, limitMs);
  }

  /** @param why in words for a person; the first reason counts */
  end(why: string): void {
    if (this.alive) {
      this.alive = false;
      this.endedAt = performance.now();
      this.why = why.slice(0, 900);
    }
    this.#abort.abort();
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(new LogTrouble(this.why));
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
        this.end('The node did not answer in time.');
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
      this.end('The node sent something that was not asked for.');
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
