import { expect, it } from 'vitest';
import type { CheckId } from '#shared/domain/check-id.ts';
import { repairHint } from './repair-hint.ts';
import { findingOf } from './testing/findings.ts';

const AUTOMATIC: ReadonlySet<CheckId> = new Set<CheckId>(['time-sync', 'sandbox-mode']);

it('names what a program repairs, as the command is typed here, and nothing else', () => {
  const findings = [
    findingOf('time-sync', 'fix'),
    findingOf('tool-log', 'fix'),
    findingOf('sandbox-mode', 'pass'),
  ];
  const line = repairHint(findings, AUTOMATIC, 'my box', { SWARMKEEP_COMMAND: 'npm run -s swarmkeep --' });
  expect(line).toMatch(/repair for 1 of these.*: npm run -s swarmkeep -- fix time-sync --node 'my box'\n$/);
  expect(repairHint(findings.slice(1), AUTOMATIC, 'miu', {})).toBe('');
});
