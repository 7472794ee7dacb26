import { getNonce } from 'get-nonce';
import { expect, it } from 'vitest';
import { handOverStyleNonce } from './style-nonce.ts';

const page = (metas: Record<string, string>) =>
  ({
    querySelector: (selector: string) => {
      const content = metas[/name="([^"]+)"/.exec(selector)?.[1] ?? ''];
      return content === undefined ? null : { getAttribute: () => content };
    },
  }) as unknown as Document;

it('hands over only what a shell really wrote', () => {
  handOverStyleNonce(page({ 'csp-nonce': '__CSP_NONCE__' }));
  expect(getNonce()).toBeUndefined();
  handOverStyleNonce(page({ 'csp-nonce': 'x" onload="alert(1)' }));
  expect(getNonce()).toBeUndefined();
  handOverStyleNonce(page({}));
  expect(getNonce()).toBeUndefined();
  handOverStyleNonce(page({ 'csp-nonce': 'dGhpcyBpcyBhIG5vbmNl' }));
  expect(getNonce()).toBe('dGhpcyBpcyBhIG5vbmNl');
});
