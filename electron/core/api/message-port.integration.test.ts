import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiClient } from './direct-client.ts';
import { serveMessagePort } from './message-port.ts';
import { type Api, createApi } from './router.ts';
import { InMemoryConsole } from './testing/in-memory-console.ts';

/** A busy machine gets its time. */
const SOON = { timeout: 15_000 };

/** What a page that was taken over can post: the core must neither fall nor answer. */
describe('a hostile page on a MessagePort', () => {
  let api: Api;
  const log: string[] = [];
  const rejections: unknown[] = [];
  const keep = (reason: unknown) => void rejections.push(reason);
  const ports: MessagePort[] = [];

  beforeEach(() => {
    log.length = 0;
    rejections.length = 0;
    api = createApi({
      service: new InMemoryConsole(),
      consent: null,
      log: { error: (what) => void log.push(what) },
    });
    process.on('unhandledRejection', keep);
  });
  afterEach(() => {
    process.off('unhandledRejection', keep);
    for (const port of ports.splice(0)) port.close();
    api.close();
  });

  function page(client = 'window-1'): MessagePort {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    serveMessagePort(api, port1, { kind: 'renderer', client }, { error: (what) => void log.push(what) });
    port1.start();
    return port2;
  }

  const call = { i: '1', p: { u: '/system/about' } };
  const posts: [string, unknown][] = [
    ['nothing', undefined],
    ['a number', 7],
    ['text that is no JSON', 'garbage'],
    ['JSON that is no call', '[]'],
    ['null', 'null'],
    ['an object instead of text', call],
    ['bytes', new Uint8Array(10)],
    ['a call without an address', JSON.stringify({ i: '1', p: {} })],
    ['a call to another host', JSON.stringify({ i: '1', p: { u: 'http://evil.example/' } })],
    ['a call with a file', JSON.stringify({ i: '1', p: { u: '/a/b', h: { 'content-disposition': 'x' } } })],
    ['a form', JSON.stringify({ i: '1', p: { u: '/a/b', h: { 'content-type': 'multipart/form-data' } } })],
    ['an event of a stream that it does not send', JSON.stringify({ i: '1', t: 3, p: {} })],
    ['an unknown type', JSON.stringify({ i: '1', t: 9, p: {} })],
    ['a long id', JSON.stringify({ ...call, i: 'x'.repeat(1_000) })],
    ['a megabyte', JSON.stringify({ i: '1', p: { u: '/a/b', b: 'x'.repeat(1_100_000) } })],
  ];

  it.each(posts)('is cut off when it posts %s', async (_what, post) => {
    const bad = page();
    const closed = new Promise((resolve) => bad.once('close', () => resolve('closed')));
    const answers: unknown[] = [];
    bad.on('message', (answer) => answers.push(answer));
    bad.postMessage(post);
    await expect(closed).resolves.toBe('closed');
    expect(answers).toEqual([]);
    expect(log).toEqual(['A page sent something that is not a call; its port was closed']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(rejections).toEqual([]);
  });

  it('gets an error for what is a call and makes no sense', async () => {
    const client = page();
    const answers: string[] = [];
    client.on('message', (answer: string) => answers.push(answer));
    const bodies = [
      undefined,
      7,
      'text',
      { json: { node: 1 }, meta: 'x' },
      { json: {}, meta: [[99, 'a']] },
      { json: {}, meta: [[1, '__proto__', 'polluted']] },
      { json: { a: 1 }, meta: [[4, 'a']] },
      { json: { node: 'x', check: 'y' }, maps: [['json']] },
    ];
    bodies.forEach((b, index) => {
      client.postMessage(JSON.stringify({ i: `${index}`, p: { u: '/findings/get', b } }));
    });
    await expect.poll(() => answers.length, SOON).toBe(bodies.length);
    for (const answer of answers) expect(JSON.parse(answer).p.s).toBe(400);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(rejections).toEqual([]);
  });

  it('loses its streams when it is cut off, and no other page does', async () => {
    const bad = page('window-1');
    const good = page('window-2');
    const [badClient, goodClient] = [bad, good].map((port) =>
      createORPCClient<ApiClient>(new RPCLink({ port })),
    ) as [ApiClient, ApiClient];
    await (await badClient.changes.watch({ stream: 'stream-a' })).next();
    const stream = await goodClient.changes.watch({ stream: 'stream-a' });
    await stream.next();
    expect(api.streams.size).toBe(2);
    bad.postMessage('garbage');
    await expect.poll(() => api.streams.size, SOON).toBe(1);
    await expect(goodClient.system.about()).resolves.toMatchObject({ platform: 'linux' });
    await stream.return?.();
  });

  it('cannot have more than 2,000 calls under way', async () => {
    const service = new InMemoryConsole();
    await service.nodes.add({ name: 'miu', address: { kind: 'local' }, confirmedKeys: [] });
    const gate = Promise.withResolvers<void>();
    service.held = gate.promise;
    api = createApi({ service, consent: null, log: { error: () => undefined } });
    const port = page();
    const client = createORPCClient<ApiClient>(new RPCLink({ port }));
    const refused: string[] = [];
    const calls = Array.from({ length: 2_100 }, () =>
      client.nodes.rename({ node: 'miu', name: 'boa' }).then(
        () => 'answered',
        (error) => refused.push(error.code as string),
      ),
    );
    await expect.poll(() => refused.length, SOON).toBe(100);
    gate.resolve();
    const results = await Promise.all(calls);
    expect(results.filter((result) => result === 'answered')).toHaveLength(2_000);
    expect(new Set(refused)).toEqual(new Set(['TOO_MANY_REQUESTS']));
  });
});
