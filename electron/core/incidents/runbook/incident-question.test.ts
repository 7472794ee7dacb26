import { describe, expect, it } from 'vitest';
import type { IncidentPlan } from '#shared/domain/incident/incident-plan.ts';
import { incidentQuestion } from './incident-question.ts';

const plan = (lines: number, warnings: number): IncidentPlan => ({
  ...{
    id: 'a'.repeat(32),
    hash: 'b'.repeat(64),
    incident: 'c'.repeat(32),
    step: 'isolate',
    action: 'isolate',
  },
  ...{ title: 'Isolate naru', madeAt: '2026-11-22T23:06:00.000Z', couldUndo: [], isolation: null, words: '' },
  lines: Array.from({ length: lines }, (_, index) => `line ${index + 1}`),
  warnings: Array.from({ length: warnings }, (_, index) => `warning ${index + 1}`),
  reversible: 'Reversible.',
  blocked: null,
});

describe('the question before a step', () => {
  it('shows all of a short plan', async () => {
    const { lines } = await incidentQuestion(plan(12, 1), 'naru', async () => '10.0.0.12');
    expect(lines).toEqual([
      'The node is reached at 10.0.0.12.',
      ...Array.from({ length: 12 }, (_, index) => `line ${index + 1}`),
      'warning 1',
      'Reversible.',
      `SHA-256 of the whole plan: ${'b'.repeat(64)}`,
    ]);
  });

  it('counts what it leaves out, warnings too, and says where all of it is', async () => {
    const { lines } = await incidentQuestion(plan(40, 13), null, async () => null);
    expect(lines).toContain('… and 28 more lines.');
    expect(lines).toContain('… and 1 more warning.');
    expect(lines.join(' ')).toContain('`swarmkeep incident isolate --dry-run` prints it');
    expect(lines).not.toContain('line 13');
  });
});
