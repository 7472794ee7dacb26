import { describe, expect, it, vi } from 'vitest';
import { exchangeCode, takeCode } from './one-time-code.ts';

const CODE = 'q3J9dQmVxWzY1ZtXbW0o5eHfK2uLr7Tn8sPaGcEiM4U';
const TOKEN = 'a-token-that-is-long-enough';

function address(hash: string) {
  return { hash, pathname: '/', search: '?x=1' };
}

describe('takeCode', () => {
  it('takes the code and leaves nothing of it in the address', () => {
    const replaceState = vi.fn();
    expect(takeCode(address(`#code=${CODE}`), { replaceState })).toEqual({ kind: 'code', code: CODE });
    expect(replaceState).toHaveBeenCalledExactlyOnceWith(null, '', '/?x=1');
  });

  it('leaves routes of the page alone', () => {
    const replaceState = vi.fn();
    expect(takeCode(address('#/checks?check=swarm-secret'), { replaceState })).toEqual({ kind: 'none' });
    expect(replaceState).not.toHaveBeenCalled();
  });

  it.each(['', 'short', `${CODE}<script>`, 'x'.repeat(5_000)])('clears and refuses %j', (code) => {
    const replaceState = vi.fn();
    expect(takeCode(address(`#code=${encodeURIComponent(code)}`), { replaceState })).toEqual({
      kind: 'malformed',
    });
    expect(replaceState).toHaveBeenCalledOnce();
  });
});

describe('exchangeCode', () => {
  const answering = (body: string, status = 200) => vi.fn(async () => new Response(body, { status }));

  it('sends the code in the body of a POST, to the own origin only', async () => {
    const fetcher = answering(JSON.stringify({ token: TOKEN }));
    expect(await exchangeCode(CODE, fetcher)).toBe(TOKEN);
    const [path, init] = fetcher.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe('/session');
    expect(path).not.toContain(CODE);
    expect(init).toMatchObject({ method: 'POST', credentials: 'same-origin', redirect: 'error' });
    expect(JSON.parse(String(init.body))).toEqual({ code: CODE });
  });

  it.each([
    ['a refused code', '{}', 403],
    ['no token', '{}', 200],
    ['a token that is no text', '{"token":7}', 200],
    ['a token with a line feed', JSON.stringify({ token: `${TOKEN}\nX: y` }), 200],
    ['no JSON', '<html>', 200],
  ])('gives nothing for %s', async (_what, body, status) => {
    expect(await exchangeCode(CODE, answering(body, status))).toBeNull();
  });
});
