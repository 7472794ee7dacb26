import { describe, expect, it } from 'vitest';
import { countChecks } from '#shared/domain/counting.ts';
import { asJson, exitCodeOf, inOrder } from './report.ts';
import { findingOf } from './testing/findings.ts';

describe('the report of a check', () => {
  it('exits with 1 for anything to fix, else 2 for anything unknown, else 0', () => {
    const none = countChecks([]);
    expect(exitCodeOf({ ...none, fix: 1, unknown: 1 })).toBe(1);
    expect(exitCodeOf({ ...none, unknown: 1, pass: 9 })).toBe(2);
    expect(exitCodeOf({ ...none, review: 1, waived: 1, pass: 9 })).toBe(0);
  });

  it('has its keys in the documented order, whatever order they came in', () => {
    const finding = findingOf('service-bindings', 'fix');
    const shuffled = Object.fromEntries(Object.entries(finding).reverse()) as typeof finding;
    expect(asJson(inOrder(shuffled))).toBe(asJson(inOrder(finding)));
    expect(Object.keys(inOrder(finding)).slice(0, 7)).toEqual([
      'check',
      'status',
      'severity',
      'summary',
      'evidence',
      'fix',
      'observedAt',
    ]);
  });
});
