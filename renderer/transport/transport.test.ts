import { describe, expect, it, vi } from 'vitest';
import { Connection } from './transport.ts';

describe('Connection', () => {
  it('keeps the time of the first failure and tells of each change once', () => {
    vi.useFakeTimers({ now: 1_000 });
    const connection = new Connection();
    const listener = vi.fn();
    connection.subscribe(listener);
    connection.opened();
    connection.opened();
    connection.lost();
    vi.setSystemTime(9_000);
    connection.lost();
    expect(connection.get()).toEqual({ kind: 'lost', since: 1_000 });
    expect(listener).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it('stays without a session whatever comes after', () => {
    const connection = new Connection();
    connection.refused('ended');
    connection.opened();
    connection.lost();
    expect(connection.get()).toEqual({ kind: 'no-session', reason: 'ended' });
  });

  it('is silent to whoever unsubscribed', () => {
    const connection = new Connection();
    const listener = vi.fn();
    connection.subscribe(listener)();
    connection.lost();
    expect(listener).not.toHaveBeenCalled();
  });
});
