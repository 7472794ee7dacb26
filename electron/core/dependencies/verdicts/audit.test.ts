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
    expect(command({}, { interpreter: '/opt/\u001b[2K/bin/python' })).toBeNull();
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
      severity: null,
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
    expect(decided({ package: 'y' })).toEqual([null, null, 'found']);
    // A kind stands for an id only where a finding has none.
    expect(decided({ id: 'vulnerability' })).toEqual([null, null, 'found']);
    const unsaid = (id: string) =>
      audit([{ name: 'x', version: null, broken: 'cut' }], source, [{ ...ignore, id, version: null }])
        .findings[0]?.ignored?.id ?? null;
    expect([unsaid('unreadable'), unsaid('not-comparable')]).toEqual(['unreadable', null]);
    // What was accepted as low does not hide what it turned out to be, or what somebody filed under the same name.
    const rated = (severity: string) =>
      sourceOf(exampleAdvisory('A-1', 'x', { aliases: ['CVE-1'], database_specific: { severity } }));
    const reopenedBy = (accepted: DependencyIgnore['severity'], now: string) => {
      const report = audit([{ name: 'x', version: '1' }], rated(now), [{ ...ignore, severity: accepted }]);
      return report.findings[0]?.reopened?.why ?? null;
    };
    expect(reopenedBy('low', 'LOW')).toBeNull();
    expect(reopenedBy('low', 'CRITICAL')).toBe('worse');
    expect(reopenedBy('unrated', 'HIGH')).toBe('worse');
    expect(reopenedBy('critical', 'LOW')).toBeNull();
    expect(reopenedBy(null, 'CRITICAL')).toBeNull();
    const malware = sourceOf(exampleAdvisory('MAL-1', 'x'));
    const forgiven = audit([{ name: 'x', version: '1' }], malware, [{ ...ignore, id: 'MAL-1' }]);
    expect([forgiven.findings[0]?.ignored, dependencyVerdict(forgiven)]).toEqual([null, 'found']);
  });
});

describe('an advisory that is odd', () => {
  const kinds = (record: Record<string, unknown>, item: object = {}) => {
    const report = audit(
      [{ name: 'x', version: '1', ...item }],
      sourceOf(exampleAdvisory('A-1', 'x', record)),
    );
    return [...report.findings.map(({ kind }) => kind), dependencyVerdict(report)];
  };
  const about = (affected: object) => ({
    affected: [{ package: { ecosystem: 'PyPI', name: 'x' }, ...affected }],
  });

  it.each([
    ['nothing but a package', about({})],
    ['a range without events', about({ ranges: [{ type: 'ECOSYSTEM', events: [] }] })],
    ['a range without a beginning', spans('x', { fixed: '2' })],
    ['commits only', about({ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] })],
    ['a beginning that is none', spans('x', { introduced: '' }, { fixed: '2' })],
    ['a version that is none in its list', about({ versions: ['\u0000'] })],
  ])('is never taken for one that does not affect: %s', (_, record) => {
    expect(kinds(record)).toEqual(['not-comparable', 'unknown']);
  });

  it('is told once when a part of it affects and another cannot be read', () => {
    const both = about({
      ranges: [
        { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] },
        { type: 'ECOSYSTEM', events: [{ introduced: '' }] },
      ],
    });
    expect(kinds(both)).toEqual(['vulnerability', 'found']);
    expect(kinds(both, { version: '3' })).toEqual(['not-comparable', 'unknown']);
  });

  it('is in force until the time at which it is withdrawn', () => {
    const range = spans('x', { introduced: '0' });
    const withdrawn = (time: string) => {
      const compiler = new AdvisoryCompiler(null, NOW);
      const read = readOsvRecord(exampleAdvisory('A-1', 'x', { ...range, withdrawn: time }));
      if ('ok' in read) compiler.add(read.ok);
      return [compiler.count, compiler.inForce, [...compiler.packages()].length];
    };
    expect(withdrawn('2026-11-22T12:00:00Z')).toEqual([1, 0, 0]);
    expect(withdrawn('2030-01-01T00:00:00Z')).toEqual([1, 1, 1]);
  });

  it('is malware in every version when it names none, and is said of what cannot be compared', () => {
    const evil = { id: 'MAL-1', ...about({}) };
    expect(kinds(evil)).toEqual(['malware', 'found']);
    const [finding] = audit(
      [{ name: 'x', version: '1', from: 'vcs' }],
      sourceOf(exampleAdvisory('MAL-1', 'x', evil)),
    ).findings;
    expect(finding?.summary).toContain('1 of them as malware');
  });

  it('names more versions and names than anybody reads, and is still said', () => {
    const events = Array.from(
      { length: 3_000 },
      (_, at): Record<string, string> => (at % 2 === 0 ? { introduced: `${at}` } : { fixed: `${at - 1}.1` }),
    );
    const aliases = Array.from({ length: 1_024 }, (_, at) => `CVE-2026-${at}`);
    const [finding] = audit(
      [{ name: 'x', version: '0' }],
      sourceOf(exampleAdvisory('A-1', 'x', { aliases, ...spans('x', ...events) })),
    ).findings;
    expect([finding?.ids.length, finding?.ids[0], finding?.fixed.length]).toEqual([1_024, 'A-1', 1_024]);
  });

  it('is compared soon, however many there are of one package', () => {
    const records = Array.from({ length: 4_000 }, (_, at) =>
      exampleAdvisory(`A-${at}`, 'x', spans('x', { introduced: '0' }, { fixed: `${at + 2}` })),
    );
    const source = sourceOf(...records);
    const began = process.cpuUsage();
    const { findings, upgrades } = audit([{ name: 'x', version: '1' }], source);
    const { user, system } = process.cpuUsage(began);
    expect(findings).toHaveLength(4_000);
    expect(upgrades[0]).toMatchObject({ to: '4001', ends: 4_000 });
    expect((user + system) / 1_000).toBeLessThan(5_000);
  });
});

describe('a part of all advisories', () => {
  const state = (advisories: number, importedAt: number | null) =>
    advisoryDataState({ advisories, newest: NOW.getTime(), importedAt, origin: 'test' }, NOW);
  const verdict = (advisories: number, importedAt: number | null) =>
    dependencyVerdict(
      audit([{ name: 'x', version: '1' }], { state: state(advisories, importedAt), about: () => null }),
    );
  it('calls nothing clean once it was taken into use, and answers for itself where it was named for one question', () => {
    expect([verdict(999, 1), verdict(1_000, 1), verdict(1, null)]).toEqual(['unknown', 'clean', 'clean']);
    expect(state(1, 1).trouble).toContain('is a small part');
    expect(state(1_000, 1).trouble).toBe('');
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

  it('are put together soon, however they were made to be joined', () => {
    // Each joins a small set to the large one, which the small one's name stands before.
    const count = 20_000;
    const singles = Array.from({ length: count }, (_, at) => named(`S-${at}`));
    const joining = Array.from({ length: count }, (_, at) => named(`J-${at}`, `S-${at}`, 'ALL'));
    const began = process.cpuUsage();
    expect(groupByAlias([...singles, ...joining])).toHaveLength(1);
    const chain = Array.from({ length: count }, (_, at) =>
      named(`C-${at}`, `C-${count - at}`, `C-${at + 1}`),
    );
    expect(groupByAlias(chain)).toHaveLength(1);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(3_000);
  });
});
