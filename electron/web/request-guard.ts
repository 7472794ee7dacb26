import type { IncomingMessage } from 'node:http';
import { isJson } from '#core/api/http-handler.ts';

/** Why a request is not answered. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
  next: string;
}

export interface Address {
  /** Host header of our own page, e.g. `127.0.0.1:17890`. */
  host: string;
  /** Its origin, e.g. `http://127.0.0.1:17890`. */
  origin: string;
  /** The `ssh -L` line by which another computer gets here. */
  tunnel: string;
}

const LONGEST_TARGET = 4_096;

/**
 * Decides before anything is routed whether a request may come from our own page on our own address. What a browser
 * says about itself (Host, Origin, Sec-Fetch-*: Fetch Metadata Request Headers, W3C) cannot be changed by a page, so
 * a foreign one is known by it; a program on this computer can say anything and is stopped by the session instead.
 * @returns null when it may go on
 */
export function refusalOf(request: IncomingMessage, address: Address): Refusal | null {
  const { method = '', url = '', headers } = request;
  if (method !== 'GET' && method !== 'POST') {
    return refuse(405, 'METHOD_NOT_SUPPORTED', 'Only GET and POST are understood here.');
  }
  // Origin form only (RFC 9112 section 3.2.1): no absolute address that names another host than the header.
  if (!url.startsWith('/') || url.startsWith('//') || url.length > LONGEST_TARGET) {
    return refuse(400, 'BAD_REQUEST', 'The address is not understood.');
  }
  if (all(request, 'host').length !== 1 || headers.host !== address.host) {
    return refuse(
      421,
      'WRONG_HOST',
      `This console answers at ${address.origin} and under no other name or port.`,
      `Over SSH, use the same port on both sides: ${address.tunnel}`,
    );
  }
  const origins = all(request, 'origin');
  const ownOrigin = origins.length === 1 && origins[0] === address.origin;
  if (method === 'GET' ? origins.length > 0 && !ownOrigin : !ownOrigin) {
    return refuse(403, 'WRONG_ORIGIN', 'Another page asked for this.', `Open ${address.origin} itself.`);
  }
  if (!isOwnSite(request)) {
    return refuse(403, 'CROSS_SITE', 'Another page asked for this.', `Open ${address.origin} itself.`);
  }
  if (method === 'POST' && !isJson(headers['content-type'])) {
    return refuse(415, 'UNSUPPORTED_MEDIA_TYPE', 'Only JSON is understood here.');
  }
  return null;
}

/**
 * Whether a request comes from our own page, from the address bar, or from a program. `same-site` is foreign: a page on
 * another port of this computer is the same site and not the same origin. A link to `/` may be followed from anywhere.
 */
function isOwnSite({ method, url, headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return (
    method === 'GET' &&
    url === '/' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/** Every value of a header as it came: Node drops or joins repeated ones, and a repeated Host is an attack. */
function all(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    if (request.rawHeaders[index]?.toLowerCase() === name) values.push(request.rawHeaders[index + 1] ?? '');
  }
  return values;
}

function refuse(status: number, code: string, message: string, next = ''): Refusal {
  return { status, code, message, next };
}
