import { expect, it } from 'vitest';
import type { PlanStep } from '#shared/domain/plan.ts';
import { exampleStep } from './testing/example-plan.ts';
import { newestOfEach } from './undo-plans.ts';

const at = (title: string, path: string | null): PlanStep => ({
  ...exampleStep('/etc/x'),
  title,
  preview:
    path === null ? { kind: 'words', text: 'x' } : { kind: 'attributes', path, before: 'a', after: 'b' },
});

it('compares a file that a change wrote twice with its newest text only', () => {
  const steps = [
    at('new', '/etc/a'),
    at('words', null),
    at('other', '/etc/b'),
    at('old', '/etc/a'),
    at('more', null),
  ];
  expect(newestOfEach(steps).map(({ title }) => title)).toEqual(['new', 'words', 'other', 'more']);
});
