import { expect, it } from 'vitest';
import type { DependencyFinding, DependencyReport } from '#shared/domain/dependencies/finding.ts';
import { groupsOf, type PlacedReport } from './report-groups.ts';

const finding = (
  name: string,
  severity: DependencyFinding['severity'],
  more: Partial<DependencyFinding> = {},
) =>
  ({
    package: name,
    severity,
    environment: '/e',
    kind: 'vulnerability',
    fixed: ['2'],
    ignored: null,
    ...more,
  }) as DependencyFinding;
const report = (node: string, ...findings: DependencyFinding[]): PlacedReport => ({
  node,
  nodeName: node,
  report: { findings, upgrades: [] } as unknown as DependencyReport,
});

it('puts the worst of all nodes first, not those of the first node', () => {
  const groups = groupsOf([
    report('a', finding('one', 'high'), finding('two', 'low'), finding('open', 'medium', { fixed: [] })),
    report(
      'b',
      finding('three', 'critical'),
      finding('four', 'high'),
      finding('bare', 'unrated', { fixed: [] }),
    ),
  ]);
  expect(groups.upgrade.map((placed) => placed.finding.package)).toEqual(['three', 'one', 'four', 'two']);
  expect(groups.waiting.map((placed) => placed.finding.package)).toEqual(['bare', 'open']);
});

it('gives each version and each copy its own upgrade, whatever goes by the same name', () => {
  const command = ['python', '-m', 'pip', 'install', 'x==3'];
  const upgrade = (from: string, own: string[] | null) => ({
    environment: '/e',
    package: 'x',
    from,
    to: '3',
    ends: 1,
    command: own,
  });
  const placed = report(
    'a',
    finding('x', 'high', { version: '1', vendoredBy: null }),
    finding('x', 'high', { version: '2', vendoredBy: null }),
    finding('x', 'high', { version: '1', vendoredBy: 'pip' }),
  );
  placed.report.upgrades.push(upgrade('1', command), upgrade('2', null), upgrade('1', null));
  expect(
    groupsOf([placed]).upgrade.map((one) => [
      one.finding.version,
      one.finding.vendoredBy,
      one.upgrade?.command,
    ]),
  ).toEqual([
    ['1', null, command],
    ['2', null, null],
    ['1', 'pip', null],
  ]);
});
