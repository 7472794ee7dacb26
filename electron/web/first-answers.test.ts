import { describe, expect, it, vi } from 'vitest';
import type { ApiClient } from '#core/api/direct-client.ts';
import { addSample, lookAtSample, pageDrawn } from './first-answers.ts';

const SAMPLE = { id: 'sample', address: { kind: 'recorded', sample: true } };
const KNOWN = { id: 'sample', added: false };

function clientWith(nodes: unknown[]) {
  const start = vi.fn(async () => ({ looks: [] }));
  const add = vi.fn(async () => SAMPLE);
  const client = { nodes: { list: async () => nodes, add }, looks: { start } };
  return { client: client as unknown as ApiClient, start, add };
}

describe('the sample node', () => {
  it('is added once', async () => {
    const empty = clientWith([{ id: 'miu', address: { kind: 'local' } }]);
    expect(await addSample(empty.client)).toEqual({ id: 'sample', added: true });
    const known = clientWith([SAMPLE]);
    expect(await addSample(known.client)).toEqual({ id: 'sample', added: false });
    expect(known.add).not.toHaveBeenCalled();
  });

  it('is looked at right away when it is new', async () => {
    const { client, start } = clientWith([]);
    const never = new Promise<void>(() => undefined);
    const looked = lookAtSample(client, { id: 'sample', added: true }, never, new AbortController().signal);
    expect(start).toHaveBeenCalledOnce();
    await looked;
  });

  it('is looked at soon after a page came, and without one after a while', async () => {
    const { client, start } = clientWith([SAMPLE]);
    const began = performance.now();
    await lookAtSample(client, KNOWN, Promise.resolve(), new AbortController().signal);
    expect(performance.now() - began).toBeLessThan(800);
    await lookAtSample(client, KNOWN, new Promise(() => undefined), new AbortController().signal);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(start.mock.calls).toEqual([[{ nodes: ['sample'] }], [{ nodes: ['sample'] }]]);
  });

  it('is not looked at by a console that closes', async () => {
    const { client, start } = clientWith([SAMPLE]);
    await lookAtSample(client, KNOWN, Promise.resolve(), AbortSignal.abort());
    expect(start).not.toHaveBeenCalled();
  });
});

describe('a page', () => {
  it('is taken for drawn a while after it came, or when none comes', async () => {
    const began = performance.now();
    await pageDrawn(new Promise(() => undefined));
    expect(performance.now() - began).toBeGreaterThan(950);
    const came = performance.now();
    await pageDrawn(Promise.resolve());
    expect(performance.now() - came).toBeGreaterThan(650);
  });
});
