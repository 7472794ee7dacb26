import { describe, expect, it } from 'vitest';
import { type DependencyReport, dependencyFinding } from '#shared/domain/dependencies/finding.ts';
import { environment } from '#shared/domain/dependencies/inventory.ts';
import { packagesSarif } from './packages-sarif.ts';

const base = {
  environment: '/venv',
  kind: 'vulnerability',
  ecosystem: 'PyPI',
  package: 'H11',
  version: '0.14.0',
  ids: ['GHSA-1', 'CVE-1'],
  severity: 'critical',
  score: 9.1,
  summary: 'bad',
  fixed: ['0.16.0'],
  mayBeBackported: false,
  from: 'index',
  vendoredBy: null,
  requiredBy: ['httpx'],
  ignored: null,
  reopened: null,
};
const ignored = {
  package: 'h11',
  id: 'CVE-1',
  reason: 'not reachable',
  version: null,
  until: null,
  untilFixed: true,
};

function written(state: DependencyReport['data']['state'], findings: object[]) {
  const data = {
    state,
    advisories: 1,
    newest: null,
    ageDays: null,
    importedAt: null,
    origin: '',
    trouble: '',
  };
  const report = {
    packages: 1,
    findings: findings.map((one) => dependencyFinding.parse({ ...base, ...one })),
    upgrades: [],
    data,
  };
  const environments = ['/venv', 'requirements.txt'].map((id, at) =>
    environment.parse({ id, kind: at === 0 ? 'virtual-environment' : 'list', packages: [] }),
  );
  return JSON.parse(
    packagesSarif({
      subject: 'node',
      environments,
      report,
      version: '0.1.0',
      createdAt: '2026-11-22T16:00:00.000Z',
    }),
  ).runs[0];
}

describe('packages as SARIF', () => {
  it('has a rule for each advisory, and a result for each finding', () => {
    const run = written('fresh', [
      {},
      { environment: 'requirements.txt', severity: 'unrated', score: null, ignored },
      { kind: 'malware', ids: ['MAL-1'], severity: 'none' },
      { kind: 'not-comparable', ids: [] },
    ]);
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'GHSA-1',
      'MAL-1',
      'not-comparable',
    ]);
    expect(
      run.results.map(({ kind, level, ruleIndex }: Record<string, unknown>) => [kind, level, ruleIndex]),
    ).toEqual([
      ['fail', 'error', 0],
      ['fail', 'warning', 0],
      ['fail', 'error', 1],
      ['open', 'none', 2],
    ]);
    expect(run.results[0].message.text).toContain('Upgrade to 0.16.0');
    expect(run.results[0].locations[0].physicalLocation).toBeUndefined();
    expect(run.results[1].locations[0].physicalLocation.artifactLocation.uri).toBe('requirements.txt');
    expect(run.results.map(({ suppressions }: { suppressions: unknown[] }) => suppressions.length)).toEqual([
      0, 1, 0, 0,
    ]);
    expect(
      new Set(run.results.map((one: { fingerprints: object }) => JSON.stringify(one.fingerprints))).size,
    ).toBe(4);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: true, toolExecutionNotifications: [] });
  });

  it.each(['stale', 'none', 'unknown'] as const)('is no success with data that is %s', (state) => {
    expect(written(state, []).invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error' }],
    });
  });
});
