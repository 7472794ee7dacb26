import { describe, expect, it } from 'vitest';
import { aRotation } from '../runbook/testing/fake-rebuilding.ts';
import { secretProof } from './rotation-proof.ts';

const at = '2026-11-22T23:30:00.000Z';
const first = (fields: object) => {
  const run = aRotation();
  return { ...run, nodes: run.nodes.map((node, index) => (index === 0 ? { ...node, ...fields } : node)) };
};

describe('the proof of a secret', () => {
  it('is that of the newest rotation that was decided', () => {
    expect(secretProof([], 'miu')).toBeNull();
    expect(secretProof([aRotation()], 'miu')).toEqual({ isInForce: true, provenAt: at });
    const later = aRotation({ id: 'f'.repeat(32), names: ['boa'] });
    // What an older rotation proved is of a secret that is burned by now.
    expect(secretProof([later, aRotation()], 'miu')).toEqual({ isInForce: false, provenAt: null });
    for (const stage of ['planned', 'generated', 'staged', 'aborted'] as const)
      expect(secretProof([{ ...later, stage }, aRotation()], 'miu')?.isInForce).toBe(true);
  });

  it.each([
    { state: 'away' },
    { state: 'excluded' },
    { newProven: null },
    { newProven: false },
    { oldRefused: false },
  ])('is none with %j', (fields) => {
    expect(secretProof([first(fields)], 'miu')?.isInForce).toBe(false);
  });
});
