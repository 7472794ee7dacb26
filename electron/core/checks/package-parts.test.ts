import { describe, expect, it } from 'vitest';
import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import type { DependencyFinding, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import { runChecks } from './run.ts';
import { inputFor } from './testing/facts-builder.ts';
import { but, hardened } from './testing/situations.ts';

const FRESH: AdvisoryDataState = {
  state: 'fresh',
  advisories: 20_000,
  newest: '2026-11-21T00:00:00.000Z',
  ageDays: 1,
  importedAt: '2026-11-21T10:00:00.000Z',
  origin: 'all.zip',
  trouble: '',
};

const found = (more: Partial<DependencyFinding> = {}): DependencyFinding => ({
  environment: '/opt/mycoswarm/venv/lib/python3.11/site-packages',
  kind: 'vulnerability',
  ecosystem: 'PyPI',
  package: 'h11',
  version: '0.14.0',
  ids: ['GHSA-vqfr-h8mv-ghfj', 'CVE-2025-43859'],
  severity: 'critical',
  score: 9.1,
  summary: 'accepts malformed chunked bodies',
  fixed: ['0.16.0'],
  mayBeBackported: false,
  from: 'index',
  vendoredBy: null,
  requiredBy: ['httpx'],
  ignored: null,
  reopened: null,
  ...more,
});

const judge = (report: Partial<DependencyReport> | undefined, facts = hardened) => {
  const packages = report && { packages: 40, findings: [], upgrades: [], data: FRESH, ...report };
  const [finding] = runChecks(
    { ...inputFor(facts), ...(packages ? { packages } : {}) },
    { only: ['dependency-audit'] },
  );
  if (finding === undefined) throw new Error('no finding');
  return finding;
};

const until = '2027-01-01T00:00:00.000Z';
const ignored = {
  package: 'h11',
  id: 'CVE-2025-43859',
  reason: 'not reachable here',
  version: null,
  severity: null,
  until,
  untilFixed: false,
};

describe('packages against advisories', () => {
  it('are fine only when all was compared with fresh data', () => {
    expect(judge({})).toMatchObject({ status: 'pass', severity: 'info' });
    expect(judge({ packages: 0 }).status).toBe('unknown');
    expect(judge(undefined).status).toBe('unknown');
    const unseen = but('python', (value) => value);
    Object.assign(unseen.subjects.python, { state: 'unseen', reason: 'closed', wouldHelp: null });
    expect(judge({}, unseen).status).toBe('unknown');
  });

  it.each(['stale', 'none', 'unknown'] as const)('are never fine with data that is %s', (state) => {
    const data = { ...FRESH, state, trouble: 'it is from the future' };
    const finding = judge({ data });
    expect(finding.status).toBe('unknown');
    expect(finding.wouldHelp).toMatch(/dependencies import/);
    // What is known to be bad stays so, whatever the age of the data.
    expect(judge({ data, findings: [found()] }).status).toBe('fix');
  });

  it.each<[string, Partial<DependencyFinding>, string, string, RegExp]>([
    ['with a repair', {}, 'fix', 'critical', /h11 0\.14\.0 on \w+ has a known weakness\./],
    ['without a repair', { fixed: [] }, 'review', 'critical', /no repair is known/],
    ['that nobody rated', { severity: 'unrated' }, 'fix', 'medium', /known weakness/],
    [
      'in a package of the system',
      { from: 'distribution', mayBeBackported: true },
      'review',
      'critical',
      /known weakness/,
    ],
    [
      'malware, whatever its severity',
      { kind: 'malware', severity: 'none', fixed: [] },
      'fix',
      'critical',
      /is malware/,
    ],
    ['not comparable', { kind: 'not-comparable', ids: [] }, 'unknown', 'info', /can be compared/],
    [
      'unreadable',
      { kind: 'unreadable', package: '', version: null, ids: [] },
      'unknown',
      'info',
      /can be compared/,
    ],
    ['put aside', { ignored }, 'pass', 'info', /weakness that is known today/],
  ])('say so: %s', (_, more, status, severity, summary) => {
    const finding = judge({ findings: [found(more)] });
    expect(finding).toMatchObject({ status, severity });
    expect(finding.summary).toMatch(summary);
  });

  it('are never called fine by a small part of all advisories', () => {
    const part = judge({ data: { ...FRESH, advisories: 999 } });
    expect(part).toMatchObject({
      status: 'unknown',
      wouldHelp: expect.stringMatching(/dependencies import/),
    });
    expect(part.summary).toMatch(/there are only 999 advisories/);
    expect(judge({ data: { ...FRESH, advisories: 1_000 } }).status).toBe('pass');
    expect(judge({ data: { ...FRESH, advisories: 1 }, findings: [found()] }).status).toBe('fix');
  });

  it('show what was put aside, and what ended', () => {
    const rows = judge({
      findings: [found({ ignored }), found({ reopened: { ignore: ignored, why: 'fixed' } })],
    }).evidence;
    expect(rows.find(({ seen }) => seen.includes('not reachable here'))?.seen).toContain('2027-01-01');
    expect(rows.some(({ seen }) => seen.includes('that has ended'))).toBe(true);
  });

  it('say what to type, and nothing that cannot be written safely', () => {
    const command = ['/opt/mycoswarm/venv/bin/python', '-m', 'pip', 'install', 'h11==0.16.0'];
    const upgrade = {
      environment: found().environment,
      package: 'h11',
      from: '0.14.0',
      to: '0.16.0',
      ends: 1,
      command,
    };
    const steps = judge({ findings: [found()], upgrades: [upgrade] }).fix;
    expect(steps.map((step) => step.command).filter(Boolean)).toEqual([
      '/opt/mycoswarm/venv/bin/python -m pip install -- h11==0.16.0',
    ]);
    const wild = { ...upgrade, command: [...command.slice(0, -1), 'h11==0;\u202Ereboot'] };
    expect(judge({ findings: [found()], upgrades: [wild] }).fix.every((step) => step.command === null)).toBe(
      true,
    );
  });

  it('name what is installed twice', () => {
    const facts = but('python', (value) => {
      const [first] = value.environments;
      const [one] = first?.distributions ?? [];
      if (one) first?.distributions.push({ ...one, version: '9' });
    });
    expect(judge({}, facts).evidence.some(({ seen }) => seen.startsWith('there 2 times'))).toBe(true);
  });
});
