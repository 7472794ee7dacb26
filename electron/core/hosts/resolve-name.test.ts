import { afterEach, describe, expect, it, vi } from 'vitest';
import { CONNECT_LIMIT_MS, resolveName } from './resolve-name.ts';

afterEach(() => vi.useRealTimers());

const failing = (code: string) => async () => {
  throw Object.assign(new Error('getaddrinfo'), { code });
};

describe('resolveName', () => {
  it('asks nobody for an address', async () => {
    for (const host of ['192.0.2.7', 'fe80::1'])
      expect(await resolveName(host, undefined, failing('asked'))).toEqual({ ok: true, address: host });
  });

  it('says at once that a name has no address', async () => {
    const answer = await resolveName('no-such-machine.invalid', undefined, failing('ENOTFOUND'));
    expect(answer).toMatchObject({
      ok: false,
      error: { failure: 'unreachable', message: 'No machine is called no-such-machine.invalid here.' },
    });
  });

  it('does not wait longer for a silent name server than for a silent machine', async () => {
    vi.useFakeTimers();
    const answer = resolveName('miu', undefined, () => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(CONNECT_LIMIT_MS);
    const words = { message: expect.stringContaining('the name server of this computer did not answer') };
    expect(await answer).toMatchObject({ ok: false, error: words });
    expect(await resolveName('miu', undefined, failing('EAI_AGAIN'))).toMatchObject({ error: words });
  });

  it('can be cancelled', async () => {
    const controller = new AbortController();
    const answer = resolveName('miu', controller.signal, () => new Promise(() => {}));
    controller.abort();
    expect(await answer).toMatchObject({ ok: false, error: { failure: 'cancelled' } });
    expect(await resolveName('miu', controller.signal)).toMatchObject({ error: { failure: 'cancelled' } });
  });
});
