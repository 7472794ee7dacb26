import { describe, expect, it } from 'vitest';
import { planHash } from '#core/fixes/plan-registry.ts';
import type { Plan } from '#shared/domain/plan.ts';
import { isAsShown } from './as-shown.ts';
import { examplePlan, exampleStep } from './testing/example-plan.ts';

const text = 'a\n';
const step = exampleStep('/etc/a', {
  action: {
    verb: 'write-file',
    path: '/etc/a',
    contents: Buffer.from(text).toString('base64'),
    uid: 0,
    gid: 0,
    mode: 0o644,
    expect: { kind: 'absent' },
  },
  preview: { kind: 'file', path: '/etc/a', before: null, after: text, attributes: 'root:root 0644' },
});
const stored = (change: Partial<Plan> = {}): Plan => {
  const made = examplePlan({ steps: [step], ...change });
  return { ...made, hash: planHash(made) };
};

describe('a stored plan', () => {
  it('is as it was shown while nobody altered it', () => {
    expect(isAsShown(stored())).toBe(true);
  });

  it('is not when anything in it was altered and its hash was not', () => {
    expect(isAsShown({ ...stored(), title: 'Another' })).toBe(false);
  });

  it.each([
    ['another file', { path: '/etc/cron.d/evil' }],
    ['another text', { contents: Buffer.from('b\n').toString('base64') }],
  ])('is not when a step would write %s than it shows, with a hash that fits', (_, change) => {
    const action = { ...step.action, ...change } as typeof step.action;
    expect(isAsShown(stored({ steps: [{ ...step, action }] }))).toBe(false);
  });
});
