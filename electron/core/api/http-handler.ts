import type { IncomingMessage, ServerResponse } from 'node:http';
import { RPCHandler } from '@orpc/server/node';
import type { Caller } from './caller.ts';
import type { Api } from './router.ts';

/** Bytes of a request's body. */
export const BODY_LIMIT = 1024 * 1024;
/** A comment that often on a quiet stream, so that either side notices a dead connection. */
const KEEP_ALIVE_MS = 15_000;

export type HttpHandler = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  caller: Caller,
) => Promise<void>;

/**
 * Answers `POST <prefix>/<group>/<procedure>` with the contract. Who calls and whether the request may be answered at
 * all was decided before: this knows no session, no Host and no Origin.
 * @param prefix path under which the procedures are, e.g. `/rpc`
 */
export function createHttpHandler(api: Api, prefix: `/${string}`): HttpHandler {
  const handler = new RPCHandler(api.router, { eventIteratorKeepAliveInterval: KEEP_ALIVE_MS });
  return async (incoming, outgoing, caller) => {
    if (incoming.method !== 'POST' || !isJson(incoming.headers['content-type'])) {
      sendError(outgoing, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Procedures are called by POST with JSON.');
      return;
    }
    const body = await readJson(incoming);
    if (body.state === 'too-large') {
      outgoing.setHeader('connection', 'close');
      sendError(outgoing, 413, 'PAYLOAD_TOO_LARGE', 'The request is too large.');
      return;
    }
    if (body.state === 'malformed') {
      sendError(outgoing, 400, 'BAD_REQUEST', 'The request is not JSON.');
      return;
    }
    // oRPC takes a body that was read already from here (`toStandardBody` in @orpc/standard-server-node), so that it
    // never reads files, forms or event streams from a request itself.
    const read = Object.assign(incoming, { body: body.value });
    const { matched } = await handler.handle(read, outgoing, { prefix, context: { caller } });
    if (!matched) sendError(outgoing, 404, 'NOT_FOUND', 'There is no such procedure.');
  };
}

/** A request's body, or why there is none. */
export type JsonBody = { state: 'read'; value: unknown } | { state: 'too-large' } | { state: 'malformed' };

/**
 * Reads a body of at most {@link BODY_LIMIT} bytes as JSON; an empty one is `{}`. A longer one is not read to its end.
 */
export async function readJson(incoming: IncomingMessage): Promise<JsonBody> {
  if (Number(incoming.headers['content-length'] ?? 0) > BODY_LIMIT) return { state: 'too-large' };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // The request stays open when it is too long, so that the refusal can still be sent.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > BODY_LIMIT) return { state: 'too-large' };
      chunks.push(chunk as Buffer);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    return { state: 'read', value: text === '' ? {} : (JSON.parse(text) as unknown) };
  } catch {
    return { state: 'malformed' };
  }
}

/** Whether a Content-Type is JSON in UTF-8 and nothing else (RFC 8259 section 11). */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/json(;\s*charset=utf-8)?$/i.test(contentType ?? '');
}

/** Refuses in the shape that oRPC's clients read, with what to do next. */
export function sendError(
  outgoing: ServerResponse,
  status: number,
  code: string,
  message: string,
  next = '',
): void {
  const data = { untouched: 'Nothing was changed.', next };
  const body = JSON.stringify({ json: { defined: false, code, status, message, data } });
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  outgoing.end(body);
}
