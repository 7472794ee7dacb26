import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { worthRetrying } from './retry.ts';
import { SessionMissing } from './session-missing.ts';

describe('worthRetrying', () => {
  it('tries three times more when the console could not be reached', () => {
    const lost = new TypeError('Failed to fetch');
    expect([0, 1, 2, 3].map((failures) => worthRetrying(failures, lost))).toEqual([true, true, true, false]);
  });

  it('takes an error that the console meant for its answer', () => {
    const meant = new ORPCError('STORE_UNAVAILABLE', { defined: true, status: 503 });
    expect(worthRetrying(0, meant)).toBe(false);
    expect(worthRetrying(0, new ORPCError('BAD_REQUEST', { status: 400 }))).toBe(false);
    expect(worthRetrying(0, new SessionMissing())).toBe(false);
  });

  it('tries again after a failure inside the console', () => {
    expect(worthRetrying(0, new ORPCError('INTERNAL_SERVER_ERROR', { status: 500 }))).toBe(true);
  });
});
