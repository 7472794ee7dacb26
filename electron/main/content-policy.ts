import { randomBytes } from 'node:crypto';

/** What index.html carries where the style nonce of each answer has to stand. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** @returns 144 random bits in base64, for one answer only (CSP3, 2.3.2 asks for at least 128). */
export function freshNonce(): string {
  return randomBytes(18).toString('base64');
}

/**
 * The headers of every answer of `app://`.
 * @param nonce style nonce of this answer; Radix needs one for the style that it adds while a dialog is open
 */
export function securityHeaders(nonce: string): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=(), hid=(), bluetooth=()',
    'Cache-Control': 'no-store',
  };
}
