import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { APP_ORIGIN, type DesktopBridge, PORT_MESSAGE } from '#shared/contract/bridge.ts';
import { electronTransport } from './electron.ts';
import type { Transport } from './transport.ts';

/** A port that can be broken, and on which an answer can be pretended. */
class PortDouble extends EventTarget {
  closed = false;
  start() {}
  postMessage() {}
  close() {
    this.closed = true;
  }
  break() {
    this.dispatchEvent(new Event('close'));
  }
  answer() {
    this.dispatchEvent(Object.assign(new Event('message'), { data: '{"i":"0","t":1,"p":{}}' }));
  }
}

describe('electronTransport', () => {
  let ports: PortDouble[];
  let requests: string[];
  let tell: (state: 'running' | 'stopped') => void;
  let transport: Transport;
  const page = () => globalThis.window as unknown as EventTarget;

  function give(request: string): PortDouble {
    const port = new PortDouble();
    ports.push(port);
    const data = { type: PORT_MESSAGE, request };
    page().dispatchEvent(
      Object.assign(new Event('message'), { source: page(), origin: APP_ORIGIN, data, ports: [port] }),
    );
    return port;
  }
  const last = () => ports.at(-1) ?? expect.fail('no port was given');

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    vi.stubGlobal('window', new EventTarget());
    ports = [];
    requests = [];
    const bridge = {
      connect: (request: string) => {
        requests.push(request);
        give(request);
      },
      onCoreState: (listener: typeof tell) => {
        tell = listener;
        return () => undefined;
      },
    };
    transport = electronTransport(bridge as unknown as DesktopBridge);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  /** Breaks the newest port. @returns milliseconds until the next was asked for */
  async function untilNext(): Promise<number> {
    const before = requests.length;
    const began = Date.now();
    last().break();
    while (requests.length === before) await vi.advanceTimersByTimeAsync(25);
    return Date.now() - began;
  }

  it('waits longer after each port that breaks, up to ten seconds', async () => {
    tell('running');
    await vi.advanceTimersByTimeAsync(0);
    expect(transport.connection.get()).toEqual({ kind: 'open' });
    const waits: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) waits.push(await untilNext());
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('begins anew once a port has carried an answer', async () => {
    tell('running');
    await vi.advanceTimersByTimeAsync(0);
    await untilNext();
    await untilNext();
    last().answer();
    expect(await untilNext()).toBe(250);
  });

  it('comes back at once with a core that comes back, over one port only', async () => {
    tell('running');
    await vi.advanceTimersByTimeAsync(0);
    await untilNext();
    last().break();
    tell('stopped');
    expect(transport.connection.get()).toMatchObject({ kind: 'lost' });
    const before = requests.length;
    tell('running');
    await vi.advanceTimersByTimeAsync(0);
    expect(requests).toHaveLength(before + 1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(requests).toHaveLength(before + 1);
    expect(transport.connection.get()).toEqual({ kind: 'open' });
  });
});
