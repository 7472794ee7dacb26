import type { ScriptChannel, ScriptHost, ScriptResult } from '#core/hosts/host.ts';

/** What a node sends for an order; the nonce is known to whoever runs the script. */
export type Lie = (order: readonly string[], nonce: string) => Iterable<Buffer | string> | null;

/**
 * A stand-in for a node whose shell lies: it reads orders as the loop's script does, and answers what a test wants.
 * @param lie null: it never answers; for the order `hello` its greeting
 */
export class LyingNode implements ScriptHost {
  readonly kind = 'ssh' as const;
  /** Runs so far, and bytes that were taken from the last one before it was ended. */
  runs = 0;
  sent = 0;
  orders: string[][] = [];
  readonly #lie: Lie;

  constructor(lie: Lie) {
    this.#lie = lie;
  }

  async run({ script, signal, onOutput }: Parameters<ScriptHost['run']>[0]): Promise<ScriptResult> {
    this.runs += 1;
    this.sent = 0;
    const nonce = /^nonce=([0-9a-f]+)$/m.exec(script)?.[1] ?? '';
    const ended = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    const channel: ScriptChannel = {
      write: (text) => {
        const order = text.split('\n').slice(0, -1);
        this.orders.push(order);
        setImmediate(() => send(order));
      },
      end: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
    const send = (order: string[]) => {
      for (const piece of this.#lie(order, nonce) ?? []) {
        if (signal?.aborted) return;
        const bytes = Buffer.from(piece);
        this.sent += bytes.length;
        onOutput(bytes, channel);
      }
    };
    setImmediate(() => send(['hello']));
    await ended;
    return { ok: true, end: { exitCode: null, stderr: '', cut: false, tookMs: 0 } };
  }

  async close(): Promise<void> {}
}

/** @returns an answer as the loop's script ends one */
export function answer(body: Buffer | string, status: string, nonce: string): (Buffer | string)[] {
  return [body, `\n${nonce} ${status}\n`];
}
