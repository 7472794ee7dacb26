import { setNonce } from 'get-nonce';
import { NONCE_META } from '#shared/contract/web-shell.ts';

const NONCE = /^[A-Za-z0-9+/_=-]{16,128}$/;

/**
 * Give the style nonce of this page to the libraries that add style elements (the scroll lock of dialogs and menus):
 * without it the content security policy leaves them without style.
 * @param page the document whose `<meta>` carries the nonce that the shell wrote into this answer
 */
export function handOverStyleNonce(page: Document): void {
  for (const name of ['csp-nonce', NONCE_META]) {
    const nonce = page.querySelector(`meta[name="${name}"]`)?.getAttribute('content') ?? '';
    // A shell that did not replace the placeholder has no nonce to give.
    if (NONCE.test(nonce) && !nonce.startsWith('__')) {
      setNonce(nonce);
      return;
    }
  }
}
