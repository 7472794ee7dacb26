import { describe, expect, it } from 'vitest';
import { dependencyVerdict } from '#shared/domain/dependencies/dependency-verdict.ts';
import type { DependencyIgnore } from '#shared/domain/dependencies/finding.ts';
import { dependencyReport } from '#shared/domain/dependencies/finding.ts';
import { type Environment, environment } from '#shared/domain/dependencies/inventory.ts';
import { AdvisoryCompiler } from '../advisories/compile.ts';
import { advisoryDataState } from '../advisories/data-state.ts';
import { readOsvRecord } from '../advisories/osv-record.ts';
import { exampleAdvisory } from '../advisories/testing/example-advisories.ts';
import { type AdvisorySource, auditDependencies } from './audit.ts';
import { groupByAlias, idsOf } from './group.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

function sourceOf(...records: Record<string, unknown>[]): AdvisorySource {
  const compiler = new AdvisoryCompiler();
  for (const record of records) {
    const read = readOsvRecord(record);
    if ('wrong' in read) throw new Error(read.wrong);
    compiler.add(read.ok);
  }
  const known = new Map([...compiler.packages()].map(({ name, compiled }) => [name, JSON.parse(compiled)]));
  const { count: advisories, newest } = compiler;
  return {
    state: advisoryDataState({ advisories, newest, importedAt: null, origin: 'test' }, NOW),
    about: (_, name) => known.get(name) ?? null,
  };
}

const spans = (name: string, ...events: Record<string, string>[]) => ({
  affected: [{ package: { ecosystem: 'PyPI', name }, ranges: [{ type: 'ECOSYSTEM', events }] }],
});
const place = (packages: unknown[], more: Partial<Environment> = {}): Environment =>
  environment.parse({
    id: '/opt/venv',
    kind: 'virtual-environment',
    interpreter: '/opt/venv/bin/python',
    ...more,
    packages,
  });
function audit(
  packages: unknown[],
  source: AdvisorySource,
  ignores: DependencyIgnore[] = [],
  more: Partial<Environment> = {},
) {
  const report = auditDependencies([place(packages, more)], source, ignores, NOW);
  // Whatever comes of it can be said over the contract.
  expect(() => dependencyReport.parse(report)).not.toThrow();
  return report;
}

describe('an audit', () => {
  it('names the smallest version in which nothing of a finding is left, and the one that ends the most', () => {
    const source = sourceOf(
      exampleAdvisory(
        'A-1',
        'x',
        spans('x', { introduced: '0' }, { fixed: '1.5' }, { introduced: '2.0' }, { fixed: '2.2' }),
      ),
      exampleAdvisory('B-1', 'x', {
        aliases: ['A-1'],
        ...spans('x', { introduced: '0' }, { fixed: '1.6' }, { introduced: '2.0' }, { fixed: '2.2' }),
      }),
      exampleAdvisory('C-1', 'x', spans('x', { introduced: '1.0' }, { fixed: '2.3' })),
      exampleAdvisory('D-1', 'x', spans('x', { introduced: '2.3' }, { fixed: '2.4' })),
    );
    const { findings, upgrades } = audit([{ name: 'X', version: '1.2' }], source);
    expect(findings.map(({ ids, fixed }) => [ids, fixed])).toEqual([
      [
        ['A-1', 'B-1'],
        ['1.6', '2.2'],
      ],
      [['C-1'], ['2.3']],
    ]);
    // In 2.3 something else is introduced.
    expect(upgrades).toEqual([
      {
        environment: '/opt/venv',
        package: 'X',
        from: '1.2',
        to: '2.4',
        ends: 2,
        command: ['/opt/venv/bin/python', '-m', 'pip', 'install', 'x==2.4'],
      },
    ]);
  });

  it('gives no command for what pip does not change, or that no honest package is called', () => {
    const source = sourceOf(
      exampleAdvisory('A-1', 'x', spans('x', { introduced: '0' }, { fixed: '2' })),
      exampleAdvisory('A-2', 'y', spans('x; rm -rf', { introduced: '0' }, { fixed: '2' })),
    );
    const command = (item: object, more: Partial<Environment> = {}) =>
      audit([{ name: 'x', version: '1', ...item }], source, [], more).upgrades[0]?.command;
    expect(command({})).toHaveLength(5);
    expect(command({}, { kind: 'user', interpreter: null })).toEqual([
      'python3',
      '-m',
      'pip',
      'install',
      '--user',
      'x==2',
    ]);
    expect(command({ from: 'distribution' })).toBeNull();
    expect(command({ from: 'vendored', vendoredBy: 'pip' })).toBeNull();
    expect(command({}, { kind: 'distribution-packages' })).toBeNull();
    expect(command({ name: 'x; rm -rf' })).toBeNull();
  });

  it('never calls clean what it could not compare', () => {
    const source = sourceOf(exampleAdvisory('A-1', 'x', spans('x', { introduced: '0' }, { fixed: '2' })));
    const kinds = (item: object, more: Partial<Environment> = {}) => {
      const report = audit([{ name: 'x', version: '3', ...item }], source, [], more);
      return [...report.findings.map(({ kind }) => kind), dependencyVerdict(report)];
    };
    expect(kinds({})).toEqual(['clean']);
    expect(kinds({ from: 'editable' })).toEqual(['not-comparable', 'unknown']);
    expect(kinds({ from: 'vcs', name: 'own' })).toEqual(['not-comparable', 'unknown']);
    expect(kinds({ version: null, broken: 'METADATA is cut off' })).toEqual(['unreadable', 'unknown']);
    expect(kinds({ version: null, asked: '>=2' })).toEqual(['not-comparable', 'unknown']);
    expect(kinds({ version: '1\u0007' })).toEqual(['unparsable', 'unknown']);
    expect(kinds({}, { unreadable: 'the folder is closed' })).toEqual(['unreadable', 'unknown']);
    const none = { state: advisoryDataState(null, NOW), about: () => null };
    expect(dependencyVerdict(audit([{ name: 'x', version: '3' }], none))).toBe('unknown');
  });

  it('says of copies and of packages of a distribution what they are, and shows malware first', () => {
    const source = sourceOf(
      exampleAdvisory('A-1', 'x', {
        ...spans('x', { introduced: '0' }),
        severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      }),
      exampleAdvisory('MAL-1', 'evil', spans('evil', { introduced: '0' })),
    );
    const { findings } = audit(
      [
        { name: 'x', version: '1', from: 'distribution', requiredBy: ['app'] },
        { name: 'x', version: '1', from: 'vendored', vendoredBy: 'pip' },
        { name: 'evil', version: '1' },
      ],
      source,
    );
    expect(
      findings.map(({ kind, mayBeBackported, vendoredBy, requiredBy }) => [
        kind,
        mayBeBackported,
        vendoredBy,
        requiredBy,
      ]),
    ).toEqual([
      ['malware', false, null, []],
      ['vulnerability', true, null, ['app']],
      ['vulnerability', false, 'pip', []],
    ]);
  });

  it('keeps a decision in sight, and reopens it when it ran out, a repair came or the version changed', () => {
    const source = sourceOf(
      exampleAdvisory('A-1', 'x', { aliases: ['CVE-1'], ...spans('x', { introduced: '0' }, { fixed: '2' }) }),
    );
    const ignore: DependencyIgnore = {
      package: 'X',
      id: 'CVE-1',
      reason: 'not reachable',
      version: '1.0',
      until: '2026-12-01T00:00:00Z',
      untilFixed: false,
    };
    const decided = (more: Partial<DependencyIgnore>, version = '1') => {
      const report = audit([{ name: 'x', version }], source, [{ ...ignore, ...more }]);
      const [finding] = report.findings;
      return [finding?.ignored?.reason ?? null, finding?.reopened?.why ?? null, dependencyVerdict(report)];
    };
    expect(decided({})).toEqual(['not reachable', null, 'clean']);
    expect(decided({ until: '2026-11-01T00:00:00Z' })).toEqual([null, 'ran-out', 'found']);
    expect(decided({ untilFixed: true })).toEqual([null, 'fixed', 'found']);
    expect(decided({}, '1.1')).toEqual([null, 'version-changed', 'found']);
    expect(decided({ id: 'CVE-2' })).toEqual([null, null, 'found']);
    const malware = sourceOf(exampleAdvisory('MAL-1', 'x'));
    const forgiven = audit([{ name: 'x', version: '1' }], malware, [{ ...ignore, id: 'MAL-1' }]);
    expect([forgiven.findings[0]?.ignored, dependencyVerdict(forgiven)]).toEqual([null, 'found']);
  });
});

describe('advisories with a name in common', () => {
  const named = (id: string, ...aliases: string[]) => ({ id, aliases });
  it('are one finding, also by way of others', () => {
    const [a, b, c, d] = [named('A', 'CVE-1'), named('B', 'CVE-2'), named('C', 'CVE-1', 'CVE-2'), named('D')];
    expect(groupByAlias([a, b, d])).toEqual([[a], [b], [d]]);
    expect(groupByAlias([a, b, d, c]).map(idsOf)).toEqual([['A', 'B', 'C', 'CVE-1', 'CVE-2'], ['D']]);
    expect(groupByAlias([c, a, b]).map(idsOf)).toEqual([['A', 'B', 'C', 'CVE-1', 'CVE-2']]);
    expect(groupByAlias([named('E', 'F'), named('F', 'E')]).map(idsOf)).toEqual([['E', 'F']]);
  });
});
