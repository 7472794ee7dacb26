import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/**
 * Headers of every answer, refusals included. There is no CORS header at all: no other origin may read anything.
 * The nonce is fresh for each answer and lets Radix add its few style elements.
 * @returns the nonce, for the page
 */
export function setSafeHeaders(outgoing: ServerResponse): string {
  const nonce = randomBytes(16).toString('base64');
  outgoing.setHeader('content-security-policy', contentSecurityPolicy(nonce));
  outgoing.setHeader('x-content-type-options', 'nosniff');
  outgoing.setHeader('x-frame-options', 'DENY');
  outgoing.setHeader('referrer-policy', 'no-referrer');
  outgoing.setHeader('cross-origin-opener-policy', 'same-origin');
  outgoing.setHeader('cross-origin-resource-policy', 'same-origin');
  outgoing.setHeader('cache-control', 'no-store');
  return nonce;
}

/** CSP level 3: nothing but our own files, and styles that carry this answer's nonce. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
