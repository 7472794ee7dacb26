import { describe, expect, it } from 'vitest';
import { coveredBy, riskClassOf } from './risk-class.ts';

const change = '0'.repeat(32);

describe('the class of a request', () => {
  it.each([
    { version: 1, ask: 'undo', change, step: 0, record: '0'.repeat(64) },
    { version: 1, ask: 'revert', change },
    { version: 1, ask: 'arm', change, seconds: 60 },
    { version: 1, ask: 'do', change, step: 0, action: { verb: 'set-link', interface: 'lo', up: false } },
  ] as const)('is network for what can be about the network: $ask', (request) => {
    expect(riskClassOf(request)).toBe('network');
    expect(coveredBy('change', riskClassOf(request))).toBe(false);
  });

  it('is a look only for what changes nothing', () => {
    const named = { change, step: 0, record: '0'.repeat(64) };
    expect(riskClassOf({ version: 1, ask: 'compare', steps: [named] })).toBe('look');
    expect(riskClassOf({ version: 1, ask: 'confirm', change })).toBe('change');
    expect(riskClassOf({ version: 1, ask: 'forget', change })).toBe('change');
  });
});
