import { ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { z } from 'zod';
import type { Caller, ErrorLog } from './caller.ts';
import type { Api } from './router.ts';

/** A request of the contract is far smaller; anything longer is no request. UTF-16 units. */
const LONGEST_MESSAGE = 1024 * 1024;
/** Calls of one port that may be under way at one time. */
const MOST_CALLS = 2_000;
/** What oRPC posts to cancel a call (its MessageType.ABORT_SIGNAL). */
const ABORT = 4;

/**
 * The only messages of a page that oRPC gets to see. It also understands headers (files, forms), other methods and
 * iterators as input; the contract uses none of that, and some of it rejects a promise that nobody holds.
 */
const request = z.strictObject({
  i: z.string().min(1).max(32),
  p: z.strictObject({ u: z.string().regex(/^\/[A-Za-z0-9_/.-]{1,256}$/), b: z.unknown().optional() }),
});
const abort = z.strictObject({
  i: z.string().min(1).max(32),
  t: z.literal(ABORT),
  p: z.unknown().optional(),
});
const message = z.union([request, abort]);

/** What the ports of Electron (`MessagePortMain`) and of `worker_threads` have in common. */
export interface PortLike {
  postMessage(data: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  close(): void;
}

/**
 * Serves the contract on a port to a page that may be hostile. The port must be started by the caller afterwards
 * (`start()`), so that nothing is missed. A message that is not a call closes the port: a page of ours never sends one.
 * @param caller `client` must be unique for this port: its streams end with it
 */
export function serveMessagePort(api: Api, port: PortLike, caller: Caller, log: ErrorLog): void {
  let open = true;
  let calls = 0;
  const handler = new RPCHandler(api.router, {
    interceptors: [
      async ({ next }) => {
        if (calls >= MOST_CALLS) throw new ORPCError('TOO_MANY_REQUESTS');
        calls += 1;
        try {
          return await next();
        } finally {
          calls -= 1;
        }
      },
    ],
  });
  const closed: (() => void)[] = [];
  const shut = () => {
    if (!open) return;
    open = false;
    // oRPC aborts every call of this port, and with them their streams.
    for (const listener of closed) listener();
  };
  handler.upgrade(
    {
      postMessage(data: unknown) {
        // oRPC does not hold the promise under which this runs: it must not throw, least of all on a closed port.
        try {
          if (open) port.postMessage(data);
        } catch (error) {
          log.error('An answer could not be posted to the page', error);
        }
      },
      on(event: string, listener: (data?: unknown) => void) {
        if (event === 'close') {
          closed.push(listener);
          return;
        }
        port.on('message', (received) => {
          if (!open) return;
          const data = dataOf(received);
          if (isCall(data)) return listener({ data });
          log.error('A page sent something that is not a call; its port was closed', undefined);
          shut();
          port.close();
        });
      },
    } as unknown as Parameters<typeof handler.upgrade>[0],
    { context: { caller } },
  );
  port.on('close', shut);
}

/** Electron gives an event with `data`, `worker_threads` the data itself. */
function dataOf(received: unknown): unknown {
  return typeof received === 'object' && received !== null && 'data' in received ? received.data : received;
}

function isCall(data: unknown): boolean {
  if (typeof data !== 'string' || data.length > LONGEST_MESSAGE) return false;
  try {
    return message.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}
