import type { DependencyFinding } from '#shared/domain/dependencies/finding.ts';
import { finding } from '../dependencies/finding.ts';
import { EVENING_PACKAGES, FRESH_ADVISORIES, type PackagesScenario } from '../dependencies/packages.ts';
import { UPGRADE_PART } from '../dependencies/upgrade-part.ts';
import type { Scenario } from '../scenario.ts';
import { house } from './house.ts';

const withPackages = (name: string, packages: PackagesScenario): Scenario => ({ ...house(), name, packages });

/** Packages of miu that a program may upgrade. */
export function upgradablePackages(): Scenario {
  const base = house();
  const [access] = Object.values(base.fixes?.access ?? {});
  if (base.fixes === undefined || access === undefined) throw new Error('the house may be changed');
  return {
    ...base,
    name: 'upgradable',
    fixes: {
      ...base.fixes,
      access: { ...base.fixes.access, miu: access },
      parts: { 'dependency-audit': UPGRADE_PART },
    },
  };
}

/** Hundreds of findings, with the longest names that there are. */
export function manyPackages(): Scenario {
  const severities = ['critical', 'high', 'medium', 'low', 'unrated'] as const;
  const findings = Array.from({ length: 180 }, (_, index): DependencyFinding => {
    const long = index % 9 === 0;
    const name = `${long ? `a-very-long-name-of-a-package-${'that-goes-on-'.repeat(6)}` : 'spores'}-${index}`;
    return finding({
      package: name,
      version: `1.${index}.0`,
      ids: [`EXAMPLE-2026-${String(index).padStart(4, '0')}`],
      severity: severities[index % 5] ?? 'unrated',
      score: index % 5 === 4 ? null : 9.8 - (index % 5) * 2,
      kind: index === 17 ? 'malware' : 'vulnerability',
      summary: long
        ? 'Something in it can be reached from outside, and whoever does so reads what the agent reads, again and again, until it is upgraded.'
        : 'Something in it can be reached from outside.',
      fixed: index % 3 === 0 ? [] : [`1.${index}.1`],
      requiredBy: index % 4 === 0 ? ['mycoswarm'] : [],
    });
  });
  const upgrades = findings.flatMap(({ package: name, version, fixed: [to], environment, kind }) =>
    to === undefined || kind === 'malware'
      ? []
      : [{ environment, package: name, from: version ?? '', to, ends: 1, command: null }],
  );
  const miu = { packages: 300, findings, upgrades };
  return withPackages('many-packages', { ...EVENING_PACKAGES, reports: { miu, boa: miu } });
}

/** Advisories that are eleven days old. */
export const stalePackages = (): Scenario =>
  withPackages('stale-packages', {
    ...EVENING_PACKAGES,
    data: {
      ...FRESH_ADVISORIES,
      state: 'stale',
      ageDays: 11,
      newest: '2026-11-10T18:02:11.000Z',
      trouble: 'The newest advisory here is 11 days old: what was found since is not known.',
    },
  });

/** Nothing is known of any package. */
export const cleanPackages = (): Scenario =>
  withPackages('clean-packages', {
    ...EVENING_PACKAGES,
    reports: { miu: { packages: 61, findings: [], upgrades: [] } },
  });

/** Malware on miu; boa cannot be compared, and nobody looked at the others. */
export function malwarePackages(): Scenario {
  const { reports } = EVENING_PACKAGES;
  const miu = reports.miu ?? { packages: 0, findings: [], upgrades: [] };
  const evil = finding({
    package: 'spores-htttp',
    version: '0.0.2',
    ids: ['MAL-0000-1', 'EXAMPLE-2026-0666'],
    kind: 'malware',
    summary: 'It sends what it finds in the environment to a stranger.',
  });
  const base = withPackages('malware-packages', {
    ...EVENING_PACKAGES,
    failing: ['boa'],
    reports: { miu: { ...miu, findings: [evil, ...miu.findings] } },
  });
  return {
    ...base,
    findings: base.findings.map((one) =>
      one.node === 'miu' && one.check === 'dependency-audit'
        ? { ...one, status: 'fix', severity: 'critical', summary: 'spores-htttp 0.0.2 on miu is malware.' }
        : one,
    ),
  };
}

/** No node can be compared. */
export const failingPackages = (): Scenario => {
  const base = house();
  return withPackages('failing-packages', {
    ...EVENING_PACKAGES,
    reports: {},
    failing: base.nodes.map(({ id }) => id),
  });
};

/** A handful of advisories that are of today. */
export const fewPackages = (): Scenario =>
  withPackages('few-packages', {
    ...EVENING_PACKAGES,
    data: { ...FRESH_ADVISORIES, advisories: 12, ageDays: 0, origin: '/home/minotaur/advisories' },
    reports: { miu: { packages: 61, findings: [], upgrades: [] } },
  });
