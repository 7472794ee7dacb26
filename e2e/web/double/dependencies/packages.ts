import type { AdvisoryDataState } from '#shared/domain/dependencies/advisory.ts';
import type { DirectDependency } from '#shared/domain/dependencies/direct-dependency.ts';
import type { DependencyReport } from '#shared/domain/dependencies/finding.ts';
import type { OwnBill } from '#shared/domain/dependencies/own-bill.ts';
import type { RecordCheck } from '#shared/domain/dependencies/record-check.ts';
import type { SeenEnvironment } from '#shared/domain/dependencies/seen-environment.ts';
import type { DependencyWays } from '#shared/domain/dependencies/ways.ts';
import { BESIDE_PACKAGES } from './beside-packages.ts';
import { finding } from './finding.ts';
import { SITE } from './site.ts';

/** What is known of packages in a scenario. */
export interface PackagesScenario {
  data: AdvisoryDataState;
  /** By node; the others were never looked at. */
  reports: Record<string, Omit<DependencyReport, 'data'>>;
  /** Nodes whose packages cannot be compared. */
  failing?: readonly string[];
  /** What an import brings; without it the file cannot be read. */
  imported?: AdvisoryDataState;
  /** What somebody asked for. */
  direct?: DirectDependency[];
  /** Who pulls in a package, by its name. */
  ways?: Record<string, DependencyWays>;
  /** What hashing the files of a node brings. */
  checked?: RecordCheck[];
  ownBill?: OwnBill;
  /** Where packages lie on every node that was looked at. */
  environments?: SeenEnvironment[];
}

export const NO_ADVISORIES: AdvisoryDataState = {
  state: 'none',
  advisories: 0,
  newest: null,
  ageDays: null,
  importedAt: null,
  origin: '',
  trouble: 'There are no advisories here, so nobody can say what is known of these packages.',
};

export const FRESH_ADVISORIES: AdvisoryDataState = {
  state: 'fresh',
  advisories: 24_113,
  newest: '2026-11-20T18:02:11.000Z',
  ageDays: 1,
  importedAt: '2026-11-21T16:11:00.000Z',
  origin: '/home/minotaur/Downloads/all.zip',
  trouble: '',
};

/** Made-up packages; ids are of no real advisory. */
export const EVENING_PACKAGES: PackagesScenario = {
  data: FRESH_ADVISORIES,
  imported: FRESH_ADVISORIES,
  ...BESIDE_PACKAGES,
  reports: {
    miu: {
      packages: 61,
      findings: [
        finding({
          package: 'spores-http',
          version: '2.19.1',
          ids: ['EXAMPLE-2026-0117', 'CVE-0000-11701'],
          severity: 'critical',
          score: 9.8,
          summary: 'A server may have any file of the caller written.',
          fixed: ['2.20.0', '2.31.0'],
          requiredBy: ['fruiting-api', 'spores-core'],
        }),
        finding({
          package: 'hyphae-yaml',
          version: '5.3',
          ids: ['EXAMPLE-2025-0904'],
          severity: 'medium',
          score: 5.9,
          summary: 'Deeply nested documents <b>take</b> all memory.',
          fixed: ['5.4'],
          requiredBy: ['mycoswarm'],
        }),
        finding({
          package: 'mycelium-crypto',
          version: '0.9.1',
          ids: ['EXAMPLE-2026-0031'],
          summary: 'Comparing tags takes a time that depends on them.',
        }),
        finding({
          package: 'mycoswarm',
          version: '0.2.2',
          kind: 'not-comparable',
          from: 'editable',
          summary: 'It is editable: its version says nothing about its code.',
        }),
      ],
      upgrades: [
        {
          environment: SITE,
          package: 'spores-http',
          from: '2.19.1',
          to: '2.31.0',
          ends: 1,
          command: [
            '/home/mycoswarm/venv/bin/python',
            '-m',
            'pip',
            'install',
            '--upgrade',
            'spores-http==2.31.0',
          ],
        },
        { environment: SITE, package: 'hyphae-yaml', from: '5.3', to: '5.4', ends: 1, command: null },
      ],
    },
  },
};
