import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GateInput, rejoinGate } from './rejoin-gate.ts';

const GOOD: GateInput = {
  name: 'naru',
  hostKey: { confirmedAt: '2026-11-20T10:00:00.000Z', isNew: true },
  nodeId: { before: 'a', now: 'b' },
  level: { before: 2, now: 2 },
  findings: {
    before: { 'dedicated-user': 'pass', 'sandbox-mode': 'fix' },
    now: {
      'dedicated-user': 'pass',
      'sandbox-mode': 'fix',
      'dependency-audit': 'pass',
      'plugin-inventory': 'pass',
    },
  },
  secret: { isInForce: true, provenAt: '2026-11-20T11:30:00.000Z' },
  baselineAt: '2026-11-20T12:00:00.000Z',
  rebuiltAt: '2026-11-20T10:00:00.000Z',
  lookedAt: '2026-11-20T11:00:00.000Z',
};
const closedBy = (fields: Partial<GateInput>) =>
  rejoinGate({ ...GOOD, ...fields })
    .conditions.filter(({ state }) => state !== 'met')
    .map(({ name, state }) => `${name} ${state}`);

describe('the gate before a node rejoins', () => {
  it('is open when every condition is met, and only then', () => {
    expect(rejoinGate(GOOD)).toMatchObject({ open: true, sentence: 'naru may work with the others again.' });
    expect(closedBy({})).toEqual([]);
  });

  it.each<[string, Partial<GateInput>, string[]]>([
    ['nobody met its key', { hostKey: null }, ['host-key unknown']],
    [
      'it has its old key',
      { hostKey: { confirmedAt: '2026-11-20T10:00:00.000Z', isNew: false } },
      ['host-key not-met'],
    ],
    ['nobody typed the code', { hostKey: { confirmedAt: null, isNew: true } }, ['host-key not-met']],
    ['it has its old id', { nodeId: { before: 'a', now: 'a' } }, ['node-id not-met']],
    ['nobody knows which id it had', { nodeId: { before: null, now: 'b' } }, ['node-id unknown']],
    [
      'nobody knows what it passed before',
      { findings: { ...GOOD.findings, before: {} } },
      ['findings unknown'],
    ],
    ['its id was not seen', { nodeId: { before: 'a', now: null } }, ['node-id unknown']],
    ['it is at a lower level', { level: { before: 2, now: 1 } }, ['level not-met']],
    ['it never had a level', { level: { before: null, now: 0 } }, ['level not-met']],
    [
      'something is worse',
      { findings: { ...GOOD.findings, now: { ...GOOD.findings.now, 'dedicated-user': 'fix' } } },
      ['findings not-met'],
    ],
    [
      'something that was fine is not known now',
      { findings: { ...GOOD.findings, now: { ...GOOD.findings.now, 'dedicated-user': 'unknown' } } },
      ['findings not-met'],
    ],
    [
      'a package is a danger',
      { findings: { ...GOOD.findings, now: { ...GOOD.findings.now, 'dependency-audit': 'fix' } } },
      ['packages not-met'],
    ],
    [
      'the packages could not be compared',
      { findings: { ...GOOD.findings, now: { ...GOOD.findings.now, 'dependency-audit': 'unknown' } } },
      ['packages unknown'],
    ],
    ['its secret was not tried', { secret: null }, ['secret unknown']],
    ['it has another secret', { secret: { isInForce: false, provenAt: null } }, ['secret not-met']],
    [
      'its secret was proven before it was set up anew',
      { secret: { isInForce: true, provenAt: '2026-11-20T09:59:59.999Z' } },
      ['secret unknown'],
    ],
    [
      'its secret was proven at a time that nobody knows',
      { secret: { isInForce: true, provenAt: null } },
      ['secret unknown'],
    ],
    [
      'the code was typed before it was set up anew',
      { hostKey: { confirmedAt: '2026-11-20T09:59:59.999Z', isNew: true } },
      ['host-key not-met'],
    ],
    ['its baseline is from before', { baselineAt: '2026-11-20T09:00:00.000Z' }, ['baseline not-met']],
    [
      'it was looked at before it was set up anew only',
      { lookedAt: '2026-11-20T09:00:00.000Z' },
      ['node-id unknown', 'level unknown', 'findings unknown', 'packages unknown', 'plugins unknown'],
    ],
    [
      'nobody says when it was set up anew',
      { rebuiltAt: null },
      [
        'host-key not-met',
        'node-id unknown',
        'level unknown',
        'findings unknown',
        'packages unknown',
        'plugins unknown',
        'secret unknown',
        'baseline not-met',
      ],
    ],
  ])('stays closed when %s', (_, fields, left) => {
    expect(closedBy(fields)).toEqual(left);
    expect(rejoinGate({ ...GOOD, ...fields }).open).toBe(false);
  });

  it('is never opened by knowing less', () => {
    const parts = ['hostKey', 'secret', 'baselineAt', 'rebuiltAt', 'lookedAt'] as const;
    fc.assert(
      fc.property(fc.subarray([...parts], { minLength: 1 }), (less) => {
        const fields = Object.fromEntries(less.map((part) => [part, null]));
        expect(rejoinGate({ ...GOOD, ...fields }).open).toBe(false);
      }),
    );
  });
});
