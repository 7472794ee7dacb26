import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TOKEN_HEADER } from '#shared/contract/web-shell.ts';
import { EARLY_CALLS, EarlyAnswers } from './early-answers.ts';
import type { Client } from './transport.ts';

const ORIGIN = 'http://127.0.0.1:17890';
const TOKEN = 'token-of-this-tab';

describe('EarlyAnswers', () => {
  let early: EarlyAnswers;
  let fetcher: ReturnType<typeof vi.fn<typeof fetch>>;
  /** Calls that found no early answer. */
  let late: string[];
  let client: Client;

  beforeEach(() => {
    early = new EarlyAnswers();
    fetcher = vi.fn<typeof fetch>(async (path) => Response.json({ json: `early ${path}` }));
    late = [];
    const link = new RPCLink({
      url: `${ORIGIN}/rpc`,
      fetch: async (request) => {
        const answer = await early.take(request);
        if (answer !== null) return answer;
        late.push(new URL(request.url).pathname);
        return Response.json({ json: 'late' });
      },
    });
    client = createORPCClient<Client>(link);
  });

  it('hands each answer to the call that oRPC makes of it, once', async () => {
    early.ask(TOKEN, fetcher);
    expect(fetcher).toHaveBeenCalledTimes(EARLY_CALLS.length);
    const first = [
      await client.findings.overview({ node: null }),
      await client.nodes.list(),
      await client.settings.get(),
      await client.system.about(),
    ];
    expect(first).toEqual(EARLY_CALLS.map(([path]) => `early /rpc/${path}`));
    expect(late).toEqual([]);
    await client.findings.overview({ node: null });
    expect(late).toEqual(['/rpc/findings/overview']);
  });

  it('shows the token of the tab, to its own origin and over no redirect', () => {
    early.ask(TOKEN, fetcher);
    for (const [path, options] of fetcher.mock.calls) {
      expect(path).toMatch(/^\/rpc\//);
      expect(options).toMatchObject({ method: 'POST', credentials: 'same-origin', redirect: 'manual' });
      expect(new Headers(options?.headers).get(TOKEN_HEADER)).toBe(TOKEN);
    }
  });

  it('leaves every other call alone', async () => {
    early.ask(TOKEN, fetcher);
    await client.findings.overview({ node: 'basilisk' });
    expect(late).toEqual(['/rpc/findings/overview']);
  });

  it('lets the page ask for itself when the early call failed, or when nobody took it in time', async () => {
    early.ask(TOKEN, async () => {
      throw new TypeError('Failed to fetch');
    });
    await client.nodes.list();
    early.ask(TOKEN, fetcher);
    early.forget();
    await client.settings.get();
    expect(late).toEqual(['/rpc/nodes/list', '/rpc/settings/get']);
  });
});
